import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {constants, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {sealOf, sparesIn} from './spares.ts'

/** Installed libraries by what they were installed from, kept over runs. */
export interface Installs {
  /** Puts them into the checkout; undefined where they are not kept. */
  readonly take: (key: string, checkout: string) => Promise<Taken | undefined>
  /** Keeps what was just installed, before any test could write into it. */
  readonly keep: (key: string, checkout: string, names: readonly string[]) => Promise<void>
  /** One after the other for each key: cells that want the same libraries install them once, and copy them then. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>
}

/** Libraries that were put into a checkout. */
export interface Taken {
  /** Hands them on to the next cell if nothing has written into them; else they go with the checkout. */
  readonly giveBack: () => Promise<void>
}

/**
 * A kept set counts only with its list, which is written last, in a folder that is moved into place at once: a copy
 * that was cut short is never taken. Files are copied, not linked: a test that writes into a library must not change
 * what the next cell gets.
 */
export function installsIn(cache: string): Installs {
  const root = join(cache, 'installs')
  const spares = sparesIn(cache)
  const busy = new Map<string, Promise<unknown>>()
  return {
    async take(key, checkout) {
      const folder = join(root, key)
      const places = await placesIn(folder)
      if (!places) return undefined
      await utimes(folder, new Date(), new Date())
      const seal = (await spares.take(key, checkout, places)) ?? (await copied(folder, checkout, places))
      return {giveBack: async () => (seal === undefined ? undefined : spares.giveBack(key, checkout, places, seal))}
    },
    async inTurn(key, work) {
      const before = busy.get(key)
      const turn = (before ?? Promise.resolve()).then(work)
      const settled = turn.catch(() => {})
      busy.set(key, settled)
      return turn
    },
    async keep(key, checkout, names) {
      await mkdir(root, {recursive: true})
      const staging = await mkdtemp(join(root, `${key}.`))
      const places = await find(checkout, checkout, new Set(names))
      for (const [at, place] of places.entries()) await copyTree(join(checkout, place), join(staging, String(at)))
      await writeFile(join(staging, LIST), JSON.stringify(places))
      // Another run may have kept the same meanwhile; one is as good as the other.
      await rename(staging, join(root, key)).catch(() => rm(staging, {recursive: true, force: true}))
      await dropOldest(root)
    },
  }
}

/** The seal of the copy, by which it is known whether it may be used again. */
async function copied(folder: string, checkout: string, places: readonly string[]): Promise<string | undefined> {
  for (const [at, place] of places.entries()) await copyTree(join(folder, String(at)), join(checkout, place))
  return sealOf(checkout, places)
}

const LIST = 'places.json'

/** How many sets are kept: four cells of some services, and what was there before. */
const KEPT = 24

async function placesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, LIST), 'utf8')) as string[]
  } catch {
    return undefined
  }
}

/** The outermost entries with one of these names, wherever they are. */
async function find(root: string, folder: string, names: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true})
  const found = await Promise.all(
    entries.map(async entry => {
      const path = join(folder, entry.name)
      if (names.has(entry.name)) return [relative(root, path)]
      return entry.isDirectory() && entry.name !== '.git' ? find(root, path, names) : []
    }),
  )
  return found.flat()
}

/** Where the file system can, a copy shares its blocks until one side writes. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true})
  if (process.platform === 'linux' && (await copiedByProgram(from, to))) return
  await rm(to, {recursive: true, force: true})
  await cp(from, to, {recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE})
}

/** `cp` is several times faster than copying file by file from here. */
async function copiedByProgram(from: string, to: string): Promise<boolean> {
  const child = spawn('cp', ['-a', '--reflink=auto', '-T', '--', from, to], {stdio: 'ignore'})
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code === 0
  } catch {
    return false
  }
}

async function dropOldest(root: string): Promise<void> {
  const names = (await readdir(root)).filter(name => !name.includes('.'))
  const aged = await Promise.all(names.map(async name => ({name, at: (await stat(join(root, name))).mtimeMs})))
  const old = aged.sort((a, b) => b.at - a.at).slice(KEPT)
  await Promise.all(old.map(({name}) => rm(join(root, name), {recursive: true, force: true})))
}
