import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {delimiter, join, resolve} from 'node:path'
import {promisify} from 'node:util'
import semver from 'semver'
import {MANAGERS} from './managers.ts'
import type {Project} from './table.ts'

const execute = promisify(execFile)

/** Runs a program in a folder; what it wrote. */
export type Runner = (folder: string, ...command: readonly string[]) => Promise<string>

/** One that sees this environment. */
export function runnerIn(env: NodeJS.ProcessEnv): Runner {
  return async (folder, ...[file = '', ...args]) =>
    (await execute(file, args, {cwd: folder, env, maxBuffer: 1 << 26})).stdout
}

/** What the matrix and the hand both see: yarn 1 by that name. */
export async function environmentFor(folder: string): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const program = `#!/bin/sh\nexec "${process.execPath}" "${resolve('node_modules/yarn/bin/yarn.js')}" "$@"\n`
  await writeFile(join(bin, 'yarn'), program, {mode: 0o755})
  return {...process.env, PATH: [bin, process.env['PATH']].join(delimiter)}
}

/** A git repository of two published releases, a branch for each, as they were packed and with a lock file. */
export async function repositoryOf(project: Project, folder: string, run: Runner): Promise<string> {
  const git = (repo: string, ...args: readonly string[]) => run(repo, 'git', ...IDENTITY, ...args)
  const repo = join(folder, project.name)
  await mkdir(repo)
  await git(repo, 'init', '--quiet', '--initial-branch=prod')
  for (const branch of ['prod', 'master'] as const) {
    if (branch === 'master') await git(repo, 'checkout', '--quiet', '-b', branch)
    for (const name of await readdir(repo)) if (name !== '.git') await rm(join(repo, name), {recursive: true})
    await unpacked(run, `${project.name}@${project[branch]}`, repo)
    if (!existsSync(join(repo, MANAGERS[project.manager].lock))) await lock(run, repo)
    await git(repo, 'add', '--all', '--force')
    await git(repo, 'commit', '--quiet', '--message', project[branch])
  }
  return repo
}

const IDENTITY = ['-c', 'user.name=projects', '-c', 'user.email=projects@example.org']

async function unpacked(run: Runner, release: string, repo: string): Promise<void> {
  const tarball = (await run(repo, 'npm', 'pack', '--silent', release)).trim()
  await run(repo, 'tar', '-xzf', tarball, '--strip-components=1')
  await rm(join(repo, tarball))
}

const LOCK_ONLY = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']

/**
 * npm publishes no package-lock.json. This one has each library that the manifest names at the lowest
 * version that it allows, which is about what its author had; it does not depend on the day on which it is made.
 */
async function lock(run: Runner, repo: string): Promise<void> {
  const path = join(repo, 'package.json')
  const text = await readFile(path, 'utf8')
  const manifest = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, string>>>>
  const lowest = {
    ...manifest,
    dependencies: await lowestOf(run, repo, manifest['dependencies']),
    devDependencies: await lowestOf(run, repo, manifest['devDependencies']),
  }
  await writeFile(path, JSON.stringify(lowest))
  await run(repo, 'npm', ...LOCK_ONLY)
  await writeFile(path, text)
  await run(repo, 'npm', ...LOCK_ONLY)
}

async function lowestOf(run: Runner, repo: string, ranges: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(ranges).map(async ([name, range]) => {
    const known = JSON.parse(await run(repo, 'npm', 'view', name, 'versions', '--json')) as string | string[]
    return [name, semver.minSatisfying([known].flat(), range) ?? range] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
