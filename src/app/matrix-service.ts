import {existsSync} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {withoutSecrets} from '../adapters/git/address.ts'
import type {Answer} from '../adapters/matrix/answer.ts'
import {attempt} from '../adapters/matrix/attempt.ts'
import {prepare, type Prepared} from '../adapters/matrix/prepare.ts'
import {openRevision, type Revision} from '../adapters/matrix/revision.ts'
import type {Room} from '../adapters/matrix/room.ts'
import {openSource, type Source} from '../adapters/matrix/source.ts'
import {type Branch, type Cell, CELLS, type CellName, type Outcome, placeOf, twinOf} from '../core/matrix/cell.ts'
import type {MatrixReport} from '../core/matrix/matrix-report.ts'
import {type NoAnswer, noAnswer} from '../core/matrix/no-answer.ts'
import type {Doing} from '../core/matrix/progress.ts'
import {reportOf, searchable, withoutAnswer} from '../core/matrix/report.ts'
import {changesBetween} from '../core/matrix/resolved.ts'
import type {MatrixRun, ServiceAsked} from './matrix-asked.ts'
import {searchCulprits} from './matrix-culprit.ts'

/** Runs the cells of one service, looks for culprits where that makes sense, and says what it means. */
export async function runService(run: MatrixRun, asked: ServiceAsked): Promise<MatrixReport> {
  const asOf = new Date(run.bench.asOf).toISOString()
  run.emit({is: 'service-started', service: asked.service})
  const opened = await opening(run, asked)
  if ('code' in opened) return reportOf(asked.service, allWithout(run, asked, opened), [], asOf)
  const {source, room} = opened
  for (const text of source.remarks) run.emit({is: 'remark', service: asked.service, text})
  const report = await inRoom({...run, bench: {...run.bench, room}}, asked, source, asOf)
  return source.remarks.length === 0 ? report : {...report, remarks: source.remarks}
}

/** The repository, and where its commands run. */
async function opening(
  {bench}: MatrixRun,
  {repo, container}: ServiceAsked,
): Promise<{readonly source: Source; readonly room: Room} | NoAnswer> {
  const source = await openSource(repo, bench.cache)
  if ('code' in source) return source
  if (!container) return {source, room: bench.room}
  const {containerRoom} = await import('../adapters/matrix/container-room.ts')
  const room = await containerRoom(bench, container, source.mirror)
  return 'code' in room ? room : {source, room}
}

function allWithout(run: MatrixRun, {service, cells}: ServiceAsked, why: NoAnswer): readonly Cell[] {
  const without = cells.map(name => withoutAnswer(name, null, why))
  for (const cell of without) run.emit({is: 'cell-ended', service, cell})
  return without
}

async function inRoom(run: MatrixRun, asked: ServiceAsked, source: Source, asOf: string): Promise<MatrixReport> {
  const {service} = asked
  const folder = join(run.bench.cache, 'logs', service.replace(/[^\w.-]/g, '_'), asOf.replace(/[:.]/g, '-'))
  await mkdir(folder, {recursive: true})
  const benches = await Promise.all((['prod', 'master'] as const).map(branch => branchOf(run, asked, source, branch)))
  const places = new Map(benches.map(branch => [branch.branch, branch]))
  const runner = cellRunner(run, asked, places, folder)
  const cells = await Promise.all(asked.cells.map(runner))
  const search = asked.searchBudget === 0 ? [] : await searched(run, asked, places, cells, folder)
  return reportOf(service, cells, search, asOf)
}

/** A branch as far as it is known: its revision, or why its cells have no answer. */
interface BranchPlace {
  readonly branch: Branch
  readonly commit: string | null
  readonly revision: Revision | NoAnswer
}

async function branchOf(run: MatrixRun, asked: ServiceAsked, source: Source, branch: Branch): Promise<BranchPlace> {
  if (!asked.cells.some(name => placeOf(name).branch === branch)) {
    return {branch, commit: null, revision: noAnswer('not-asked', 'not asked for')}
  }
  const ref = branch === 'prod' ? asked.prod : (asked.master ?? (await source.defaultBranch()))
  if (ref === undefined) {
    return {
      branch,
      commit: null,
      revision: noAnswer(branch === 'prod' ? 'prod-unknown' : 'branch-missing', `no ${branch} branch is named`),
    }
  }
  const commit = await source.commit(ref)
  if (commit === undefined)
    return {
      branch,
      commit: null,
      revision: noAnswer('branch-missing', `there is no ${ref} in ${withoutSecrets(asked.repo)}`),
    }
  return {branch, commit, revision: await openRevision(run.bench, source, commit, asked)}
}

/** Runs one cell; cells that turn out to be the same are run once, and the later one is told the answer of the earlier. */
function cellRunner(run: MatrixRun, asked: ServiceAsked, places: ReadonlyMap<Branch, BranchPlace>, folder: string) {
  const running = new Map<string, {readonly name: CellName; readonly told: Promise<Told>}>()
  const registered = new Map<CellName, Promise<unknown>>()
  const {service} = asked
  const placed = (name: CellName) => places.get(placeOf(name).branch) as BranchPlace
  const doing = (cell: CellName) => (what: Doing) => run.emit({is: 'cell-doing', service, cell, doing: what})

  const end = (ended: Cell) => {
    const cell = noticed(run, withLog(ended))
    run.emit({is: 'cell-ended', service, cell})
    return cell
  }
  /** Earlier cells of the same commit, which may turn out to be the same cell. */
  const earlier = (name: CellName) =>
    Promise.all(
      CELLS.slice(0, CELLS.indexOf(name))
        .filter(other => placed(other).commit === placed(name).commit)
        .flatMap(other => registered.get(other) ?? []),
    )
  const register = async (name: CellName, revision: Revision, log: string) => {
    const prepared = await run.limit(async () => {
      const unwanted = notWanted(run)
      if (unwanted) return unwanted
      doing(name)('resolving')
      return prepare(run.bench, revision, placeOf(name).dependencies, {all: true}, log)
    })
    await earlier(name)
    if ('code' in prepared) return prepared
    const key = prepared.answerKey ?? name
    const first = running.get(key)
    const told = first?.told ?? remembered(run, prepared, () => run.ahead(() => tried(run, prepared, log, doing(name))))
    if (!first) running.set(key, {name, told})
    return {prepared, told, sameAs: first?.name}
  }

  return async (name: CellName): Promise<Cell> => {
    const {commit, revision} = placed(name)
    if ('code' in revision) return end(withoutAnswer(name, commit, revision))
    const log = join(folder, `${name}.log`)
    const registering = register(name, revision, log)
    registered.set(name, registering)
    const known = await registering
    if ('code' in known) return end({...withoutAnswer(name, commit, known), log})
    return end(await cellOf(run, name, known.prepared, await known.told, known.sameAs))
  }
}

async function tried(run: MatrixRun, prepared: Prepared, log: string, doing: (doing: Doing) => void): Promise<Answer> {
  const unwanted = notWanted(run)
  if (unwanted) return unanswered(log, unwanted)
  return attempt(run.bench, {
    prepared,
    log,
    thorough: true,
    doing,
    inTurn: work => run.limit(async () => notWanted(run) ?? noticed(run, await work())),
  })
}

/** No log is named where nothing was written, or where it was cleared away since. */
const withLog = (cell: Cell): Cell => ({...cell, log: cell.log !== null && existsSync(cell.log) ? cell.log : null})

/** Asked while the turn is still the cell's own, too: the next one must not begin before it is known. */
function noticed<T extends {readonly outcome: Outcome}>(run: MatrixRun, found: T): T {
  if (found.outcome === 'failed') run.red.seen = true
  return found
}

function notWanted(run: MatrixRun): NoAnswer | undefined {
  if (run.bench.signal.aborted) return noAnswer('stopped', 'the run was stopped')
  return run.failFast && run.red.seen ? noAnswer('failed-fast', 'another cell failed first') : undefined
}

const unanswered = (log: string, why: NoAnswer): Answer => ({
  outcome: 'error',
  exitCode: null,
  durationMs: 0,
  log,
  runs: 0,
  noAnswer: why,
})

interface Told {
  readonly answer: Answer
  readonly remembered: boolean
}

/** Only answers are remembered: what failed for another reason may work the next time. */
async function remembered(run: MatrixRun, prepared: Prepared, fresh: () => Promise<Answer>): Promise<Told> {
  const {answerKey} = prepared
  const known = answerKey !== undefined && run.bench.reuse ? await run.bench.answers.get(answerKey) : undefined
  if (known) return {answer: known, remembered: true}
  const answer = await fresh()
  if (answerKey !== undefined && answer.outcome !== 'error') await run.bench.answers.put(answerKey, answer)
  return {answer, remembered: false}
}

async function cellOf(
  run: MatrixRun,
  name: CellName,
  prepared: Prepared,
  told: Told,
  sameAs: CellName | undefined,
): Promise<Cell> {
  const {answer} = told
  const {commit} = prepared.revision
  const changed = await changedIn(run, name, prepared)
  if (answer.noAnswer)
    return {...withoutAnswer(name, commit, answer.noAnswer), changed, log: answer.log, durationMs: answer.durationMs}
  return {
    ...placeOf(name),
    outcome: answer.outcome,
    commit,
    durationMs: sameAs ? 0 : answer.durationMs,
    exitCode: answer.exitCode,
    log: answer.log,
    changed,
    ...(sameAs && {sameAs}),
    ...(told.remembered && {remembered: true}),
    ...(answer.flaky && {flaky: true}),
    ...(answer.runs > 1 && {runs: answer.runs}),
    ...(answer.tests && {tests: answer.tests}),
    ...(answer.lastLines && {lastLines: answer.lastLines}),
  }
}

/** Against the lock file of the same branch. */
async function changedIn(run: MatrixRun, name: CellName, prepared: Prepared) {
  if (twinOf(name) === name || !prepared.resolved) return []
  const pinned = await prepare(run.bench, prepared.revision, 'pinned', {all: true}, '')
  return 'code' in pinned || !pinned.resolved ? [] : changesBetween(pinned.resolved, prepared.resolved)
}

/** One search after the other: each wants the machine for itself. */
async function searched(
  run: MatrixRun,
  asked: ServiceAsked,
  places: ReadonlyMap<Branch, BranchPlace>,
  cells: readonly Cell[],
  folder: string,
) {
  const reports = []
  for (const name of searchable(cells)) {
    const cell = cells.find(one => one.branch === placeOf(name).branch && one.dependencies === 'latest')
    const revision = places.get(placeOf(name).branch)?.revision
    if (cell && revision && !('code' in revision))
      reports.push(await searchCulprits(run, asked, revision, cell, folder))
  }
  return reports
}

/** The cells in their order, whatever the order in which they were named. */
export function inOrder(cells: readonly CellName[]): readonly CellName[] {
  return CELLS.filter(name => cells.includes(name))
}
