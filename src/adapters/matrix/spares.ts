import {spawn} from 'node:child_process'
import {createHash, randomUUID} from 'node:crypto'
import {once} from 'node:events'
import {lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

/** Copies of installed libraries that are used again as they are, as long as nothing has written into them. */
export interface Spares {
  /** Moves one into the checkout; undefined where there is none. Answers its seal. */
  readonly take: (key: string, checkout: string, places: readonly string[]) => Promise<string | undefined>
  /** Moves a copy out of the checkout for the next cell, if it is as it was when it was sealed. */
  readonly giveBack: (key: string, checkout: string, places: readonly string[], seal: string) => Promise<void>
}

/**
 * Moving a folder costs nothing, and copying one is most of what a warm cell costs. The clock of the file system tells
 * whether a test has touched a file: unlike the time of its last change, that of its last touch cannot be set back.
 */
export function sparesIn(cache: string): Spares {
  const root = join(cache, 'spares')
  return {
    async take(key, checkout, places) {
      const claimed = `${checkout}.spare`
      if (!(await claim(join(root, key), claimed))) return undefined
      try {
        const seal = await readFile(join(claimed, SEAL), 'utf8')
        for (const [at, place] of places.entries()) await moved(join(claimed, String(at)), join(checkout, place))
        return seal
      } catch {
        // A folder of that name is committed, say; whoever copies over it does not mind.
        return undefined
      } finally {
        await rm(claimed, {recursive: true, force: true})
      }
    },
    async giveBack(key, checkout, places, seal) {
      await clearAway(checkout, places)
      if ((await sealOf(checkout, places)) !== seal) return
      const own = join(root, key)
      await mkdir(own, {recursive: true})
      if ((await readdir(own)).length >= MOST_OF_ONE) return
      const unfinished = `${checkout}.spare`
      await mkdir(unfinished)
      for (const [at, place] of places.entries()) await rename(join(checkout, place), join(unfinished, String(at)))
      await writeFile(join(unfinished, SEAL), seal)
      await rename(unfinished, join(own, randomUUID()))
      await dropOldest(root)
    },
  }
}

const SEAL = 'seal'

/** Of one set of libraries: as many as its cells can use at once on most machines. */
const MOST_OF_ONE = 4

/** How many sets have spares: prod and master, pinned and latest, of two services. */
const SETS = 8

/** Each is claimed by one, also where several runs want it: a folder can be moved away only once. */
async function claim(folder: string, to: string): Promise<boolean> {
  for (const name of await readdir(folder).catch(() => [])) {
    try {
      await rename(join(folder, name), to)
      return true
    } catch {
      // Somebody else was faster.
    }
  }
  return false
}

async function moved(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true})
  await rename(from, to)
}

/** What test tools keep beside libraries is nobody's library. */
async function clearAway(checkout: string, places: readonly string[]): Promise<void> {
  const caches = places.flatMap(place => ['.cache', '.vite', '.vite-temp', '.vitest'].map(name => join(place, name)))
  await Promise.all(caches.map(path => rm(join(checkout, path), {recursive: true, force: true})))
}

/**
 * Tells every file of folders by its number, its size and when it was last touched; undefined where that cannot be
 * told. `find` looks at ten thousand files in the time in which we would look at one thousand.
 */
export async function sealOf(checkout: string, places: readonly string[]): Promise<string | undefined> {
  const kinds = await Promise.all(places.map(place => lstat(join(checkout, place)).catch(() => undefined)))
  if (places.length === 0 || !kinds.every(kind => kind?.isDirectory())) return undefined
  const format = ['-mindepth', '1', '-printf', String.raw`%p\0%y %i %m %s %C@ %l\0`]
  const child = spawn('find', [...places.map(place => join('.', place)), ...format], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const hash = createHash('sha256')
  child.stdout.on('data', (chunk: Buffer) => hash.update(chunk))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return code === 0 ? hash.digest('hex') : undefined
  } catch {
    return undefined
  }
}

async function dropOldest(root: string): Promise<void> {
  const names = await readdir(root)
  const aged = await Promise.all(names.map(async name => ({name, at: (await stat(join(root, name))).mtimeMs})))
  const old = aged.sort((a, b) => b.at - a.at).slice(SETS)
  await Promise.all(old.map(({name}) => rm(join(root, name), {recursive: true, force: true})))
}
