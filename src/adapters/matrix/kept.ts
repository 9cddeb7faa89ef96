import {randomUUID} from 'node:crypto'
import {mkdir, readFile, rename, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

/** Small documents by key, kept over runs. */
export interface Kept<T> {
  readonly get: (key: string) => Promise<T | undefined>
  readonly put: (key: string, value: T) => Promise<void>
}

/** One file a document. What cannot be read is as good as not there: it is only a saving. */
export function keptIn<T>(folder: string): Kept<T> {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), `${key}.json`)
  return {
    async get(key) {
      try {
        return JSON.parse(await readFile(pathOf(key), 'utf8')) as T
      } catch {
        return undefined
      }
    },
    async put(key, value) {
      const path = pathOf(key)
      // Two may come to the same at once, also within one process.
      const fresh = `${path}.${randomUUID()}.unfinished`
      await mkdir(dirname(path), {recursive: true})
      await writeFile(fresh, JSON.stringify(value))
      await rename(fresh, path)
    },
  }
}
