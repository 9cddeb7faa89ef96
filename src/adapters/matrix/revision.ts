import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Ecosystem, Latest, RepoFiles} from './ecosystem.ts'
import {ECOSYSTEMS, ecosystemOf} from './ecosystems/index.ts'
import {packageManifest} from './manifest.ts'
import type {Source} from './source.ts'
import type {Workbench} from './workbench.ts'

/** How one service's cells are run, where the configuration says more than the repository. */
export interface CellCommands {
  readonly pinned?: readonly string[]
  readonly latest?: readonly string[]
  readonly test?: readonly string[]
}

/** One commit of a service, of which it is known that cells can be made from it. */
export interface Revision {
  readonly source: Source
  readonly commit: string
  /** What its package manager reads, as committed. */
  readonly files: RepoFiles
  /** Undefined where the configuration names all commands. */
  readonly ecosystem?: Ecosystem
  /** Name and version of the package manager and of Node. */
  readonly tools: string
  readonly commands: CellCommands
  readonly test: readonly string[]
  readonly latest: Latest
}

/** Looks at a commit, and says at once what would keep its cells from an answer. */
export async function openRevision(
  bench: Workbench,
  source: Source,
  commit: string,
  asked: {readonly commands: CellCommands; readonly latest: Latest},
): Promise<Revision | NoAnswer> {
  const files = await source.files(commit, LOOKED_AT)
  const {commands} = asked
  const ecosystem = ecosystemOf(files)
  const unfit = unfitFiles(files, ecosystem, commands) ?? (await unfitRuntime(bench, files))
  if (unfit) return unfit
  const test = commands.test ?? ecosystem?.test(files)
  if (!test) return noAnswer('no-tests', 'neither the configuration nor the manifest names a test command')
  const version = ecosystem && !commands.pinned ? await bench.room.version(ecosystem.version) : ''
  if (version === undefined) return noAnswer('program-missing', `${ecosystem?.version[0]} is not installed`)
  const unreadable = ecosystem?.unfit?.(files, version)
  if (unreadable !== undefined && !commands.pinned) return noAnswer('lock-incompatible', unreadable)
  const tools = `${ecosystem?.name} ${version} node ${await nodeVersion(bench)} ${bench.room.name}`.trim()
  return {source, commit, files, ...(ecosystem && {ecosystem}), tools, test, ...asked}
}

/** All that is ever read of a commit. */
export const LOOKED_AT = [
  ...new Set([
    'package.json',
    '.gitmodules',
    '.gitattributes',
    '.rspec',
    'setup.py',
    'Gemfile',
    'Cargo.toml',
    'build.gradle',
  ]),
  ...new Set(ECOSYSTEMS.flatMap(ecosystem => ecosystem.files)),
].filter((path, at, all) => all.indexOf(path) === at)

const MANIFESTS = [
  'package.json',
  'pyproject.toml',
  'setup.py',
  'requirements.in',
  'Gemfile',
  'Cargo.toml',
  'build.gradle',
  'build.gradle.kts',
]

function unfitFiles(files: RepoFiles, ecosystem: Ecosystem | undefined, commands: CellCommands): NoAnswer | undefined {
  if (commands.pinned) return undefined
  if (files.has('.gitmodules')) return noAnswer('submodules', 'the repository has submodules')
  if (/\bfilter=lfs\b/.test(files.text('.gitattributes') ?? '')) {
    return noAnswer('large-files', 'the repository keeps files in Git LFS')
  }
  if (ecosystem) return undefined
  const manifest = MANIFESTS.find(path => files.has(path))
  return manifest === undefined
    ? noAnswer('unknown-ecosystem', 'no lock file of a known package manager at the root')
    : noAnswer('lock-missing', `${manifest} is there, but no lock file beside it`)
}

/** The Node that cells will find, which need not be the one that runs us. */
async function nodeVersion({room}: Workbench): Promise<string | undefined> {
  return (await room.version(['node', '--version']))?.replace(/^v/, '')
}

/** A warning of npm, and an answer of nothing: tests under the wrong Node say little about libraries. */
async function unfitRuntime(bench: Workbench, files: RepoFiles): Promise<NoAnswer | undefined> {
  const range = packageManifest(files)?.engines?.['node']
  const version = range === undefined ? undefined : await nodeVersion(bench)
  if (range === undefined || version === undefined) return undefined
  const {default: semver} = await import('semver')
  if (semver.validRange(range) === null || semver.satisfies(version, range)) return undefined
  return noAnswer('wrong-runtime', `package.json asks for Node ${range}, and this is ${version}`)
}
