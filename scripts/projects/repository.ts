import {execFile} from 'node:child_process'
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import semver from 'semver'
import type {Project} from './table.ts'

const execute = promisify(execFile)

/** Runs a program in a folder; what it wrote. */
export async function run(folder: string, file: string, ...args: readonly string[]): Promise<string> {
  return (await execute(file, args, {cwd: folder, maxBuffer: 1 << 26})).stdout
}

/** A git repository of two published releases, a branch for each, as they were packed and with a lock file. */
export async function repositoryOf(project: Project, folder: string): Promise<string> {
  const repo = join(folder, project.name)
  await mkdir(repo)
  await git(repo, 'init', '--quiet', '--initial-branch=prod')
  for (const branch of ['prod', 'master'] as const) {
    if (branch === 'master') await git(repo, 'checkout', '--quiet', '-b', branch)
    for (const name of await readdir(repo)) if (name !== '.git') await rm(join(repo, name), {recursive: true})
    await unpacked(`${project.name}@${project[branch]}`, repo)
    await lock(repo)
    await git(repo, 'add', '--all', '--force')
    await git(repo, 'commit', '--quiet', '--message', project[branch])
  }
  return repo
}

const IDENTITY = ['-c', 'user.name=projects', '-c', 'user.email=projects@example.org']
const git = (repo: string, ...args: readonly string[]) => run(repo, 'git', ...IDENTITY, ...args)

async function unpacked(release: string, repo: string): Promise<void> {
  const tarball = (await run(repo, 'npm', 'pack', '--silent', release)).trim()
  await run(repo, 'tar', '-xzf', tarball, '--strip-components=1')
  await rm(join(repo, tarball))
}

const LOCK_ONLY = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']

/**
 * Packages are published without their lock file. This one has each library that the manifest names at the lowest
 * version that it allows, which is about what its author had; it does not depend on the day on which it is made.
 */
async function lock(repo: string): Promise<void> {
  const path = join(repo, 'package.json')
  const text = await readFile(path, 'utf8')
  const manifest = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, string>>>>
  const lowest = {
    ...manifest,
    dependencies: await lowestOf(repo, manifest['dependencies']),
    devDependencies: await lowestOf(repo, manifest['devDependencies']),
  }
  await writeFile(path, JSON.stringify(lowest))
  await run(repo, 'npm', ...LOCK_ONLY)
  await writeFile(path, text)
  await run(repo, 'npm', ...LOCK_ONLY)
}

async function lowestOf(repo: string, ranges: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(ranges).map(async ([name, range]) => {
    const known = JSON.parse(await run(repo, 'npm', 'view', name, 'versions', '--json')) as string | string[]
    return [name, semver.minSatisfying([known].flat(), range) ?? range] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
