import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Dependencies} from '../../core/matrix/cell.ts'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Resolved} from '../../core/matrix/resolved.ts'
import {type Ecosystem, building, type Line, type RepoFiles, type Wish} from './ecosystem.ts'
import {fingerprint, fingerprintOf} from './fingerprint.ts'
import {by} from '../../core/base/order.ts'
import {runLines} from './lines.ts'
import {hasInstallScripts} from './manifest.ts'
import type {Revision} from './revision.ts'
import {filesOf} from './source.ts'
import {installTrouble, unreadable} from './trouble.ts'
import type {Resolution, Workbench} from './workbench.ts'

/** One commit with one set of libraries: all that has to be known before anything is installed. */
export interface Prepared {
  readonly revision: Revision
  /** Files that differ from the commit: the lock file of the newest versions. */
  readonly changed: Resolution
  readonly install: readonly Line[]
  /** Names the installed libraries; absent where they cannot be used again. */
  readonly installKey?: string
  readonly resolved?: Resolved
  /** Names the answer; absent where it cannot be known what will be installed. */
  readonly answerKey?: string
}

/** What is installed and tested for a branch with its lock file, or with newer libraries. */
export async function prepare(
  bench: Workbench,
  revision: Revision,
  dependencies: Dependencies,
  wish: Wish,
  log: string,
): Promise<Prepared | NoAnswer> {
  const {ecosystem, commands} = revision
  const own = dependencies === 'pinned' ? commands.pinned : (commands.latest ?? commands.pinned)
  if (own || !ecosystem) return ownCommand(bench, revision, own ?? [])
  if (dependencies === 'pinned') {
    const stale = ecosystem.stale?.(revision.files)
    return stale === undefined ? withFiles(bench, revision, ecosystem, {}) : noAnswer('lock-stale', stale)
  }
  const changed = await relocked(bench, revision, ecosystem, wish, log)
  return 'code' in changed ? (changed as NoAnswer) : withFiles(bench, revision, ecosystem, changed)
}

/** Only the pinned command says what it installs; what a command of the user's calls the newest may change any time. */
function ownCommand(bench: Workbench, revision: Revision, command: readonly string[]): Prepared {
  const install = command.length === 0 ? [] : [building(command)]
  const isPinned = command === revision.commands.pinned
  return {
    revision,
    changed: {},
    install,
    ...(isPinned && {answerKey: answerKeyOf(bench, revision, command.join('\0'))}),
  }
}

async function withFiles(
  bench: Workbench,
  revision: Revision,
  ecosystem: Ecosystem,
  changed: Resolution,
): Promise<Prepared | NoAnswer> {
  const files = overlaid(revision, ecosystem, changed)
  const install = ecosystem.install(files, bench.scripts)
  const texts = JSON.stringify(ecosystem.files.map(path => files.text(path) ?? null))
  let resolved: Resolved | undefined
  try {
    resolved = await ecosystem.read?.(files)
  } catch (error) {
    return unreadable(ecosystem, files, error)
  }
  return {
    revision,
    changed,
    install,
    ...(resolved && {resolved}),
    answerKey: answerKeyOf(bench, revision, resolved && resolved.size > 0 ? fingerprintOf(resolved) : texts),
    ...(ecosystem.installed.length > 0 &&
      !hasInstallScripts(files) && {
        installKey: fingerprint(revision.tools, process.platform, process.arch, String(bench.scripts), texts),
      }),
  }
}

function answerKeyOf(bench: Workbench, revision: Revision, libraries: string): string {
  const {commit, tools, test} = revision
  return fingerprint(commit, libraries, test.join('\0'), tools, process.platform, process.arch, String(bench.scripts))
}

function overlaid(revision: Revision, ecosystem: Ecosystem, changed: Resolution): RepoFiles {
  const texts = new Map<string, string>()
  for (const path of ecosystem.files) {
    const text = changed[path] ?? revision.files.text(path)
    if (text !== undefined) texts.set(path, text)
  }
  return filesOf(texts)
}

/** What is newest is asked at most once an hour: within it, runs can be compared, and a second one costs nothing. */
const AS_OF_MS = 3_600_000

async function relocked(
  bench: Workbench,
  revision: Revision,
  ecosystem: Ecosystem,
  wish: Wish,
  log: string,
): Promise<Resolution | NoAnswer> {
  const lines = ecosystem.relock(revision.files, revision.latest, wish)
  if (!lines)
    return noAnswer('no-newest', `${ecosystem.name} cannot tell the newest versions here (${revision.latest})`)
  const texts = ecosystem.files.map(path => revision.files.text(path) ?? null)
  const hour = Math.floor(bench.asOf / AS_OF_MS)
  const key = fingerprint(
    revision.tools,
    revision.commit,
    JSON.stringify(texts),
    JSON.stringify(lines),
    registriesOf(bench),
    String(hour),
  )
  const known = bench.reuse ? await bench.resolutions.get(key) : undefined
  if (known) return known
  const fresh = await relock(bench, revision, ecosystem, lines, log)
  if (!('code' in fresh)) await bench.resolutions.put(key, fresh)
  return fresh
}

/** Versions are newest in one registry. */
function registriesOf(bench: Workbench): string {
  const settings = Object.entries(bench.env).filter(([name]) => /registry|index_url|GOPROXY/i.test(name))
  return JSON.stringify(settings.sort(by(([name]) => name)))
}

async function relock(
  bench: Workbench,
  revision: Revision,
  ecosystem: Ecosystem,
  lines: readonly Line[],
  log: string,
): Promise<Resolution | NoAnswer> {
  const folder = await bench.cellFolder()
  try {
    const checkout = join(folder, 'work')
    await revision.source.checkout(revision.commit, checkout)
    const end = await runLines(bench, {folder, checkout, log}, lines)
    if (end.is !== 'done') return end.is === 'no-answer' ? end.why : installTrouble('resolve', end.output)
    return await changedFiles(revision, ecosystem, checkout)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

async function changedFiles(revision: Revision, ecosystem: Ecosystem, checkout: string): Promise<Resolution> {
  const entries = await Promise.all(
    ecosystem.files.map(
      async path => [path, await readFile(join(checkout, path), 'utf8').catch(() => undefined)] as const,
    ),
  )
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== revision.files.text(entry[0]),
    ),
  )
}

/** Puts the changed files over a checkout. */
export async function overlay(prepared: Prepared, checkout: string): Promise<void> {
  for (const [path, text] of Object.entries(prepared.changed)) await writeFile(join(checkout, path), text)
}
