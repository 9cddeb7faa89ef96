import {mkdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {SimpleGit} from 'simple-git'
import type {Advised} from '../../core/library/outdated.ts'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Ecosystem, Latest, Line, RepoFiles} from '../matrix/ecosystem.ts'
import {withoutSecrets} from '../git/address.ts'
import {runLines} from '../matrix/lines.ts'
import {filesOf, lastLine} from '../matrix/source.ts'
import {installTrouble} from '../matrix/trouble.ts'
import type {Workbench} from '../matrix/workbench.ts'
import type {LockedCommit} from './locked.ts'

/** One class of upgrade as a commit. */
export interface UpgradeCommit {
  readonly class: 'security' | 'minor' | 'major'
  readonly libraries: readonly string[]
  /** Full SHA; absent where the package manager changed nothing, or could not. */
  readonly commit?: string
  readonly noAnswer?: NoAnswer
}

/** Where the commits are wanted. */
export interface BranchPlace {
  readonly branch: string
  /** The user's own repository on this machine: gets the branch, and nothing else of it is touched. */
  readonly into?: string
  /** A remote that the branch is pushed to; only when asked for. */
  readonly push?: string
  /** Without either: a folder for the commits as patches. */
  readonly patches: string
}

/** The commits, and where they are. */
export interface PreparedBranch {
  readonly commits: readonly UpgradeCommit[]
  /** Absent where there was nothing to commit. */
  readonly at?: Delivered
}

/** Where the commits went, or why they could not. */
export type Delivered =
  | {readonly is: 'branch' | 'pushed' | 'patches'; readonly where: string}
  | {readonly is: 'refused'; readonly where: string; readonly why: string}

/**
 * One commit a class of upgrade, the most urgent first, on top of a commit of the service. Only manifests and lock files
 * change, and the package manager changes them; libraries are not installed.
 */
export async function prepareBranch(
  bench: Workbench,
  locked: LockedCommit,
  updates: readonly Advised[],
  place: BranchPlace,
): Promise<PreparedBranch> {
  const {simpleGit} = await import('simple-git')
  const folder = await bench.cellFolder()
  const checkout = join(folder, 'work')
  try {
    await locked.source.checkout(locked.commit, checkout)
    const git = simpleGit(checkout)
    const identity = await identityFor(git)
    const commits: UpgradeCommit[] = []
    for (const group of groupsOf(updates)) {
      commits.push(await committed({bench, locked, folder, checkout, git, identity}, group))
    }
    if (!commits.some(({commit}) => commit !== undefined)) return {commits}
    return {commits, at: await delivered(git, checkout, locked.commit, place)}
  } finally {
    await rm(folder, {recursive: true, force: true, maxRetries: 3})
  }
}

interface Group {
  readonly class: UpgradeCommit['class']
  readonly updates: readonly Advised[]
}

/** What is held back by the matrix, and what nobody has mended, goes into no commit. */
function groupsOf(updates: readonly Advised[]): readonly Group[] {
  const takeable = updates.filter(({take, to}) => take !== 'hold' && to !== null)
  const of = (kind: Group['class'], fits: (update: Advised) => boolean) => ({
    class: kind,
    updates: takeable.filter(fits),
  })
  return [
    of('security', update => update.class === 'security'),
    of('minor', update => update.class === 'minor' || update.class === 'patch'),
    // A manifest can only ask for what it names.
    of('major', update => update.class === 'major' && update.direct === true),
  ].filter(group => group.updates.length > 0)
}

interface Workplace {
  readonly bench: Workbench
  readonly locked: LockedCommit
  readonly folder: string
  readonly checkout: string
  readonly git: SimpleGit
  readonly identity: readonly string[]
}

async function committed(place: Workplace, group: Group): Promise<UpgradeCommit> {
  const {bench, locked, folder, checkout, git, identity} = place
  const libraries = [...new Set(group.updates.map(({library}) => library))]
  const base = {class: group.class, libraries}
  const lines = linesFor(locked.ecosystem, await filesIn(checkout, locked.ecosystem), group)
  if (!lines) return {...base, noAnswer: noAnswer('no-newest', `${locked.ecosystem.name} cannot do this by itself`)}
  const end = await runLines(bench, {folder, checkout, log: join(folder, 'log')}, lines)
  if (end.is !== 'done') {
    await git.raw(['checkout', '--quiet', '--', '.'])
    return {...base, noAnswer: end.is === 'no-answer' ? end.why : installTrouble('resolve', end.output)}
  }
  const changed = (await git.raw(['diff', '--name-only', '-z'])).split('\0').filter(path => path !== '')
  const own = changed.filter(path => locked.ecosystem.files.includes(path))
  if (own.length === 0) return base
  await git.raw(['add', '--', ...own])
  await git.raw([...identity, 'commit', '--quiet', '--no-verify', '--message', messageOf(group)])
  return {...base, commit: (await git.raw(['rev-parse', 'HEAD'])).trim()}
}

/** Within the ranges, except for what must leave its major version. */
function linesFor(ecosystem: Ecosystem, files: RepoFiles, {updates}: Group): readonly Line[] | undefined {
  const names = (breaking: boolean) => [
    ...new Set(updates.filter(update => update.breaking === breaking).map(({library}) => library)),
  ]
  const ways: readonly (readonly [Latest, readonly string[]])[] = [
    ['in-range', names(false)],
    ['absolute', names(true)],
  ]
  const wanted = ways.filter(([, only]) => only.length > 0)
  const lines = wanted.map(([latest, only]) => ecosystem.relock(files, latest, {only, development: true}))
  return lines.some(one => one === undefined) ? undefined : lines.flatMap(one => one ?? [])
}

async function filesIn(checkout: string, ecosystem: Ecosystem): Promise<RepoFiles> {
  const texts = await Promise.all(
    ecosystem.files.map(
      async path => [path, await readFile(join(checkout, path), 'utf8').catch(() => undefined)] as const,
    ),
  )
  return filesOf(new Map(texts.filter((one): one is [string, string] => one[1] !== undefined)))
}

const SUBJECT: Readonly<Record<Group['class'], string>> = {
  security: 'Mend weaknesses of libraries',
  minor: 'Newer minor versions of libraries',
  major: 'New major versions of libraries',
}

function messageOf(group: Group): string {
  const lines = group.updates.map(({library, from, to, advisories}) => {
    const ids = advisories.map(({id}) => id).join(', ')
    return `${library} ${from} -> ${to}${ids === '' ? '' : ` (${ids})`}`
  })
  return `${SUBJECT[group.class]}\n\n${lines.join('\n')}\n`
}

/** The user's own name where git knows one. */
async function identityFor(git: SimpleGit): Promise<readonly string[]> {
  const email = await git.raw(['config', '--get', 'user.email']).catch(() => '')
  return email.trim() === '' ? ['-c', 'user.name=Sluice', '-c', 'user.email=sluice@localhost'] : []
}

/** Nothing that is there already is overwritten: a branch with other commits refuses these. */
async function delivered(
  git: SimpleGit,
  checkout: string,
  base: string,
  {branch, into, push, patches}: BranchPlace,
): Promise<Delivered> {
  const ref = `HEAD:refs/heads/${branch}`
  try {
    if (push !== undefined) {
      await git.raw(['push', '--', push, ref])
      return {is: 'pushed', where: branch}
    }
    if (into !== undefined) {
      const {simpleGit} = await import('simple-git')
      // Told to be quiet, git refuses without a word, and that counts as done.
      await simpleGit(into).raw(['fetch', '--no-tags', '--', checkout, ref])
      return {is: 'branch', where: branch}
    }
  } catch (error) {
    const why = withoutSecrets(lastLine(error))
    return {is: 'refused', where: branch, why: /fast-forward|rejected/.test(why) ? OCCUPIED : why}
  }
  await rm(patches, {recursive: true, force: true})
  await mkdir(patches, {recursive: true})
  await git.raw(['format-patch', '--quiet', '--output-directory', patches, `${base}..HEAD`])
  return {is: 'patches', where: patches}
}

const OCCUPIED = 'it is there already, with other commits: merge it or delete it first'
