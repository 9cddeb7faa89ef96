import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {basename, dirname, join, relative, resolve} from 'node:path'
import {shipped} from '../adapters/package.ts'
import {readText, writeText} from '../adapters/text-file.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {composeDraft} from '../core/config/draft/compose.ts'
import type {Draft} from '../core/config/draft/draft.ts'
import {repositoriesDraft} from '../core/config/draft/repositories.ts'
import {draftText} from '../core/config/draft/text.ts'

/** The names that Docker Compose looks for, in its order. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** The compose file that lies in a folder. */
export function composeIn(folder: string): string | undefined {
  return COMPOSE_FILES.find(name => existsSync(join(folder, name)))
}

export async function draftFromCompose(folder: string, file: string): Promise<Result<Draft>> {
  const text = await readText(resolve(folder, file), 'not-found')
  return text.ok ? composeDraft({file, text: text.value}, basename(resolve(folder))) : text
}

export async function draftFromRepositories(folder: string, folders: readonly string[]): Promise<Result<Draft>> {
  const {lookAt} = await import('../adapters/draft/look.ts')
  const seen = await lookAt(folders, folder)
  return seen.ok ? ok(repositoriesDraft(seen.value, basename(resolve(folder)), folders.join(', '))) : seen
}

/** What was written. */
export interface Initialised {
  readonly file: string
  readonly system: string
  readonly services: readonly string[]
  /** What was seen and left out, and why. */
  readonly leftOut: readonly string[]
}

/** Where editors find the schema: beside the record, so that it works without a network and for every release. */
const SCHEMA = '.sluice/sluice.schema.json'

/** Writes the file of a draft. One that is there already stays, unless it is to be replaced. */
export async function writeDraft(draft: Draft, file: string, replace: boolean): Promise<Result<Initialised>> {
  if (existsSync(file) && !replace) {
    const hint = 'look at what would be written with --out another.yaml, or replace it with --force'
    return fail(failure('usage', {message: `${relative(process.cwd(), file) || file} is there already`, hint}))
  }
  const schema = await readFile(shipped('schema', 'sluice.schema.json'), 'utf8')
  for (const [name, text] of [
    [join(dirname(file), SCHEMA), schema],
    [file, draftText(draft, SCHEMA)],
  ] as const) {
    const written = await writeText(name, text)
    if (!written.ok) return written
  }
  return ok({file, system: draft.system, services: draft.services.map(({name}) => name), leftOut: draft.leftOut})
}
