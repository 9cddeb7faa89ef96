import {mkdir, readdir, readFile, rename, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {MatrixReport} from '../core/matrix/matrix-report.ts'

/** Beside `sluice.yaml`, a file a run: what is known of a service outlives every cache. */
const folderOf = (configFile: string, service: string) =>
  join(dirname(configFile), '.sluice', 'matrix', encodeURIComponent(service))

/** Adds a report to the history of its service. */
export async function keepReport(configFile: string, report: MatrixReport): Promise<void> {
  const folder = folderOf(configFile, report.service)
  await mkdir(folder, {recursive: true})
  const path = join(folder, `${report.asOf.replace(/[:.]/g, '-')}.json`)
  const fresh = `${path}.${process.pid}.unfinished`
  await writeFile(fresh, JSON.stringify(report, null, 2))
  await rename(fresh, path)
}

/** The reports of one service, the newest first. */
export async function keptReports(configFile: string, service: string): Promise<readonly MatrixReport[]> {
  const folder = folderOf(configFile, service)
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json'))
  const texts = await Promise.all(
    names
      .sort()
      .reverse()
      .map(name => readFile(join(folder, name), 'utf8')),
  )
  return texts.flatMap(text => parsed(text) ?? [])
}

function parsed(text: string): MatrixReport | undefined {
  try {
    return JSON.parse(text) as MatrixReport
  } catch {
    return undefined
  }
}
