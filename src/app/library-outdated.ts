import {join} from 'node:path'
import {advisoryFiles} from '../adapters/library/advisory-files.ts'
import type {PreparedBranch} from '../adapters/library/branch.ts'
import {publishedElsewhere} from '../adapters/library/elsewhere.ts'
import {placeFor} from '../adapters/library/indexes/index.ts'
import type {LockedCommit} from '../adapters/library/locked.ts'
import {newestOfNpm, newestOfPlace, newestWithinRanges, type Newest} from '../adapters/library/newest.ts'
import {type NpmRegistry, npmRegistry} from '../adapters/library/npm-registry.ts'
import {osv} from '../adapters/library/osv.ts'
import type {AdvisorySource} from '../adapters/library/source.ts'
import {bug} from '../core/base/bug.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Advisory} from '../core/library/advisory.ts'
import type {MatrixSays} from '../core/library/advice.ts'
import {type Outdated, outdatedOf} from '../core/library/outdated.ts'
import {type Branch, cellName} from '../core/matrix/cell.ts'
import type {MatrixReport} from '../core/matrix/matrix-report.ts'
import {outcomesOf} from '../core/matrix/tests.ts'
import {type Libraries, type LibraryAsked, type LibraryService, openLibraries} from './library.ts'
import {keptReports} from './matrix-history.ts'
import {placesOf} from './places.ts'

/** What `library outdated` is asked. */
export interface OutdatedAsked extends LibraryAsked {
  readonly branch: Branch
  /** OSV records on disk, instead of asking anybody. */
  readonly advisories?: string
  /** Ask nobody for weaknesses. */
  readonly offline: boolean
  /** Libraries that only other libraries ask for, too; those with a weakness always are there. */
  readonly transitive: boolean
  readonly apply: boolean
  readonly push: boolean
}

/** Who was asked for weaknesses, and why there is no answer. Without one, "none" would be a guess. */
export interface AdvisoriesAsked {
  readonly source: string
  readonly answered: boolean
  readonly why?: string
}

/** The libraries of one service, or why they are not known. */
export type OutdatedShown =
  | (Outdated & {
      readonly branch: Branch
      readonly advisories: readonly AdvisoriesAsked[]
      /** What could not be found out of newer versions. */
      readonly gaps: readonly string[]
      readonly prepared?: PreparedBranch
    })
  | {readonly service: string; readonly why: string}

/** What to take of newer libraries, and when. */
export async function libraryOutdated(asked: OutdatedAsked): Promise<Result<readonly OutdatedShown[]>> {
  const opened = await openLibraries(asked)
  if (!opened.ok) return opened
  const file = asked.advisories === undefined ? undefined : await advisoryFiles(asked.advisories)
  if (file && !file.ok) return file
  const shown: OutdatedShown[] = []
  for (const service of opened.value.services) shown.push(await outdated(opened.value, service, asked, file?.value))
  return ok(shown)
}

async function outdated(
  libraries: Libraries,
  one: LibraryService,
  asked: OutdatedAsked,
  file: AdvisorySource | undefined,
): Promise<OutdatedShown> {
  const {name: service} = one.service
  // Commits are made on what is developed; what is in production gets its own release from there.
  const branch = asked.apply ? 'master' : asked.branch
  const locked = await one.branch(branch)
  if ('code' in locked) return {service, why: locked.text}
  const registry = locked.catalogue === 'npm' ? await npmRegistry(libraries.bench, locked.files) : undefined
  const weak = await weaknesses(locked, sourcesFor(asked, file, registry))
  const newest = await newestOf(libraries, one, locked, registry, namesOf(locked, weak.advisories, asked.transitive))
  const matrix = await lastMatrix(libraries, service)
  const dependencies = locked.dependencies.filter(
    ({name, direct}) => asked.transitive || direct !== false || weak.advisories.some(({library}) => library === name),
  )
  const found = outdatedOf({
    service,
    commit: locked.commit,
    dependencies,
    available: newest.available,
    advisories: weak.advisories,
    ...(matrix && {matrix}),
  })
  const prepared = asked.apply ? await prepare(libraries, one, locked, found, asked.push) : undefined
  return {...found, branch, advisories: weak.asked, gaps: newest.gaps, ...(prepared && {prepared})}
}

function sourcesFor(
  {offline}: OutdatedAsked,
  file: AdvisorySource | undefined,
  registry: NpmRegistry | undefined,
): readonly AdvisorySource[] {
  if (file) return [file]
  return offline ? [] : [...(registry ? [registry.audit] : []), osv]
}

async function weaknesses(
  {catalogue, dependencies}: LockedCommit,
  sources: readonly AdvisorySource[],
): Promise<{readonly advisories: readonly Advisory[]; readonly asked: readonly AdvisoriesAsked[]}> {
  const inUse = dependencies.map(({name, versions}) => ({catalogue, name, versions}))
  const answers = await Promise.all(sources.map(async source => ({source, answer: await source.ask(inUse)})))
  const known = answers.flatMap(({answer}) => (answer.is === 'known' ? answer.advisories : []))
  return {
    // Two databases know the same weakness by the same name.
    advisories: known.filter(
      (one, at) => known.findIndex(other => other.id === one.id && other.library === one.library) === at,
    ),
    asked: answers.map(({source, answer}) =>
      answer.is === 'known'
        ? {source: source.name, answered: true}
        : {source: source.name, answered: false, why: answer.why},
    ),
  }
}

/** Looking up every library of libraries would take long, and nobody moves them by hand. */
function namesOf(locked: LockedCommit, advisories: readonly Advisory[], transitive: boolean): readonly string[] {
  const weak = new Set(advisories.map(({library}) => library))
  return locked.dependencies
    .filter(({name, direct}) => transitive || direct !== false || weak.has(name))
    .map(({name}) => name)
}

async function newestOf(
  {bench}: Libraries,
  {service}: LibraryService,
  locked: LockedCommit,
  registry: NpmRegistry | undefined,
  names: readonly string[],
): Promise<Newest> {
  if (registry) return newestOfNpm(registry, names)
  if (locked.catalogue === 'npm') return bug('npm has a registry')
  const others = await publishedElsewhere(locked.catalogue, locked.files, bench.env)
  const place = placeFor(locked.catalogue, bench.env)
  const found = await newestOfPlace(
    place,
    names.filter(name => !others.has(name)),
    bench.signal,
  )
  if (found.available.size > 0 || found.gaps.length === 0) return found
  // Whoever has a mirror in settings that only the package manager reads is told at least what that would take.
  const log = join(bench.cache, 'logs', `${encodeURIComponent(service.name)}-libraries.log`)
  const within = await newestWithinRanges(bench, locked, log)
  return {available: within.available, gaps: [...found.gaps, ...within.gaps]}
}

/**
 * The newest run in which production was tried with the newest libraries: one of other cells says nothing of them. What any run
 * of that commit found guilty is guilty, also where the newest one did not search.
 */
async function lastMatrix({config}: Libraries, service: string): Promise<MatrixSays | undefined> {
  const reports = await keptReports(config.file, service)
  const latest = ({cells}: MatrixReport) => cells.find(cell => cellName(cell) === 'prod+latest')
  const last = reports.find(report => ['passed', 'failed'].includes(latest(report)?.outcome ?? ''))
  if (!last) return undefined
  const {commit, changed = []} = latest(last) ?? {}
  const culprits = reports.filter(report => latest(report)?.commit === commit).flatMap(report => report.culprits)
  return {outcomes: outcomesOf(last.cells), tried: changed, culprits}
}

async function prepare(
  {bench, config}: Libraries,
  {service, folder, address}: LibraryService,
  locked: LockedCommit,
  {updates}: Outdated,
  push: boolean,
): Promise<PreparedBranch> {
  const {prepareBranch} = await import('../adapters/library/branch.ts')
  const name = encodeURIComponent(service.name)
  return prepareBranch(bench, locked, updates, {
    branch: `sluice/libraries-${name}`,
    ...(push && {push: address}),
    ...(folder !== undefined && {into: folder}),
    patches: join(placesOf(config).root, '.sluice', 'libraries', name),
  })
}
