import {readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {affects} from '../../core/library/advisory.ts'
import {advisoryOf, type OsvRecord} from './osv-record.ts'
import type {AdvisorySource} from './source.ts'

/**
 * OSV records on disk, for machines that reach no database: a file with one record or a list of them, or a folder of such
 * files, as an unpacked dump of osv.dev is.
 */
export async function advisoryFiles(path: string): Promise<Result<AdvisorySource>> {
  const records = await recordsIn(path)
  if (!records.ok) return records
  return ok({
    name: path,
    covers: () => true,
    ask: async libraries => ({
      is: 'known',
      advisories: libraries.flatMap(library =>
        records.value.flatMap(record => {
          const advisory = advisoryOf(record, library)
          return advisory && library.versions.some(version => affects(advisory, version)) ? [advisory] : []
        }),
      ),
    }),
  })
}

async function recordsIn(path: string): Promise<Result<readonly OsvRecord[]>> {
  try {
    const isFolder = (await stat(path)).isDirectory()
    const files = isFolder
      ? (await readdir(path)).filter(name => name.endsWith('.json')).map(name => join(path, name))
      : [path]
    const records: OsvRecord[] = []
    for (const file of files) {
      const parsed: unknown = JSON.parse(await readFile(file, 'utf8'))
      const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
      const wrong = list.find(one => !isRecord(one))
      if (wrong !== undefined) return refused(`${file} holds something that is no OSV record`)
      records.push(...list.filter(isRecord))
    }
    return ok(records)
  } catch (error) {
    return refused(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function refused(message: string): Result<never> {
  return fail(failure('usage', {message, hint: 'name a JSON file of OSV records, or a folder of such files'}))
}

function isRecord(value: unknown): value is OsvRecord {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
}
