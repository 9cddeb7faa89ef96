import {existsSync} from 'node:fs'
import {readdir, readFile, stat} from 'node:fs/promises'
import {basename, join, relative, resolve} from 'node:path'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {MANIFEST_NAME} from '../../core/config/manifest.ts'
import {type SeenRepository, TELLING} from '../../core/config/draft/repositories.ts'
import {gitIn} from '../git/git.ts'
import {versionTags} from '../git/tags.ts'

/** How far below a repository files are looked for, and how large one may be. */
const DEPTH = 4
const BYTES = 2_000_000
const SKIPPED = new Set(['node_modules', 'vendor', 'dist', 'build', 'target', '.git', '.venv', 'test', 'tests'])

/** Looks into the repositories that are named, or that lie in the folders that are named. Runs nothing but git. */
export async function lookAt(folders: readonly string[], root: string): Promise<Result<readonly SeenRepository[]>> {
  const found: string[] = []
  for (const folder of folders) found.push(...(await repositoriesIn(resolve(root, folder))))
  if (found.length > 0) return ok(await Promise.all([...new Set(found)].sort().map(path => seen(path, root))))
  const message = `there is no git repository in ${folders.join(', ')}`
  return fail(failure('not-found', {message, hint: 'name repositories, or the folder that they are in'}))
}

async function repositoriesIn(folder: string): Promise<readonly string[]> {
  if (existsSync(join(folder, '.git'))) return [folder]
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => [])
  const below = entries.filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name))
  return below.filter(path => existsSync(join(path, '.git')))
}

async function seen(folder: string, root: string): Promise<SeenRepository> {
  const files = new Map<string, string>()
  await collect(folder, '', DEPTH, files)
  const git = await gitIn(folder)
  const {tags} = await versionTags(git, 'v{version}').catch(() => ({tags: []}))
  const newest = tags.at(-1)
  const manifest = newest && (await git.raw('show', `${newest.commit}:${MANIFEST_NAME}`).catch(() => undefined))
  const way = relative(root, folder)
  return {
    repo: way === '' ? '.' : way.startsWith('.') ? way : `./${way}`,
    name: basename(folder),
    versions: tags.map(({version}) => version),
    files,
    ...(manifest !== undefined && {manifest}),
  }
}

async function collect(folder: string, below: string, depth: number, files: Map<string, string>): Promise<void> {
  const entries = await readdir(join(folder, below), {withFileTypes: true}).catch(() => [])
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory() && depth > 1 && !SKIPPED.has(entry.name)) await collect(folder, path, depth - 1, files)
    if (!entry.isFile() || !TELLING.test(path)) continue
    if ((await stat(join(folder, path))).size <= BYTES) files.set(path, await readFile(join(folder, path), 'utf8'))
  }
}
