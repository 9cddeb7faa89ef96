import {existsSync} from 'node:fs'
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** Which instances have been healthy once, by their ids: what many runtimes have no place for. */
export interface Notes {
  isNoted(id: string): boolean
  note(id: string): Promise<void>
  /** Forgets all but these. */
  keepOnly(ids: ReadonlySet<string>): Promise<void>
}

export function notesIn(folder: string): Notes {
  const isNoted = (id: string) => existsSync(join(folder, id))
  return {
    isNoted,
    async note(id) {
      if (isNoted(id)) return
      await mkdir(folder, {recursive: true, mode: 0o700})
      await writeFile(join(folder, id), '')
    },
    async keepOnly(ids) {
      const noted = existsSync(folder) ? await readdir(folder) : []
      await Promise.all(noted.filter(id => !ids.has(id)).map(id => rm(join(folder, id), {force: true})))
    },
  }
}
