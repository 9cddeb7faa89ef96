import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {attempt, logOf} from '../adapters/matrix/attempt.ts'
import {directNames} from '../adapters/matrix/manifest.ts'
import {prepare, type Prepared} from '../adapters/matrix/prepare.ts'
import type {Revision} from '../adapters/matrix/revision.ts'
import {type Cell, cellName, type Change, placeOf} from '../core/matrix/cell.ts'
import type {SearchReport} from '../core/matrix/matrix-report.ts'
import {nextProbe, type Probe, type ProbeOutcome, type Search} from '../core/matrix/culprit.ts'
import type {NoAnswer} from '../core/matrix/no-answer.ts'
import {changesBetween, type Resolved} from '../core/matrix/resolved.ts'
import {lineUp} from '../core/matrix/suspects.ts'
import type {MatrixRun, ServiceAsked} from './matrix-asked.ts'

/** Finds the smallest sets of updates that turn a green branch red, and a lock file that is green without them. */
export async function searchCulprits(
  run: MatrixRun,
  asked: ServiceAsked,
  revision: Revision,
  cell: Cell,
  folder: string,
): Promise<SearchReport> {
  const name = cellName(cell)
  const report = await hunted(run, asked, revision, cell, folder)
  run.emit({is: 'search-ended', service: asked.service, search: report})
  return {...report, cell: name}
}

async function hunted(
  run: MatrixRun,
  asked: ServiceAsked,
  revision: Revision,
  cell: Cell,
  folder: string,
): Promise<SearchReport> {
  const nothing = {cell: cellName(cell), sets: [], held: [], suspects: [], runs: 0}
  const pinned = await prepare(run.bench, revision, 'pinned', {all: true}, '')
  if (revision.commands.pinned || revision.commands.latest || 'code' in pinned || !pinned.resolved) {
    return {
      ...nothing,
      result: 'impossible',
      why: 'single updates can only be taken where the package manager is known',
    }
  }
  const failure = cell.log === null ? '' : await logOf(cell.log)
  const lineup = lineUp(cell.changed, failure, new Set(directNames(revision.files)))
  if (lineup.updates.length === 0) return {...nothing, result: 'impossible', why: 'no library has another version'}
  run.emit({is: 'search-started', service: asked.service, cell: cellName(cell), updates: lineup.updates.length})
  const search: Search = {...lineup, budget: asked.searchBudget}
  return carriedOut({run, asked, revision, cell, folder, pinned: pinned.resolved}, search)
}

interface Hunt {
  readonly run: MatrixRun
  readonly asked: ServiceAsked
  readonly revision: Revision
  readonly cell: Cell
  readonly folder: string
  /** What the green cell has. */
  readonly pinned: Resolved
}

/** Answers are remembered as those of any cell, so that a search that was killed finds its probes done. */
async function carriedOut(hunt: Hunt, search: Search): Promise<SearchReport> {
  const probes: Probe[] = []
  const locks = new Map<string, Prepared>()
  let runs = 0
  for (;;) {
    const step = nextProbe(search, probes)
    if (step.is !== 'try') {
      const changes = (names: readonly string[]) => hunt.cell.changed.filter(change => names.includes(change.name))
      const base = {cell: cellName(hunt.cell), sets: step.sets.map(changes), runs}
      if (step.is === 'given-up') return {...base, result: 'budget', held: [], suspects: changes(step.suspects)}
      const lock = await kept(hunt, locks.get(step.green.join('\n')))
      return {...base, result: 'found', held: changes(step.held), suspects: [], ...(lock !== undefined && {lock})}
    }
    const probed = await probe(hunt, step.take, probes.length + 1)
    if ('why' in probed) {
      return {
        cell: cellName(hunt.cell),
        result: 'impossible',
        sets: [],
        held: [],
        suspects: [],
        runs,
        why: probed.why.text,
      }
    }
    if (probed.prepared) locks.set(step.take.join('\n'), probed.prepared)
    runs += probed.ran ? 1 : 0
    probes.push({take: step.take, outcome: probed.outcome})
    tell(hunt, probes.length, step.take, probed)
  }
}

interface Probed {
  readonly outcome: ProbeOutcome
  readonly ran: boolean
  readonly prepared?: Prepared
}

/** The pinned cell with some updates on top; what these cannot do without comes along. */
async function probe(hunt: Hunt, take: readonly string[], number: number): Promise<Probed | {readonly why: NoAnswer}> {
  const {run, revision, folder, cell} = hunt
  const log = join(folder, `${cellName(cell)}-probe-${number}.log`)
  const prepared = await prepare(run.bench, revision, 'latest', {only: take}, log)
  if ('code' in prepared) return unresolvedOr(prepared)
  if (prepared.resolved && changesBetween(hunt.pinned, prepared.resolved).length === 0)
    return {outcome: 'passed', ran: false, prepared}
  const {answerKey} = prepared
  const known = answerKey === undefined ? undefined : await run.bench.answers.get(answerKey)
  const answer = known ?? (await attempt(run.bench, {prepared, log, thorough: false, doing: () => {}}))
  if (answer.noAnswer) return unresolvedOr(answer.noAnswer)
  if (!known && answerKey !== undefined) await run.bench.answers.put(answerKey, answer)
  return {outcome: answer.outcome === 'passed' ? 'passed' : 'failed', ran: !known, prepared}
}

/** Versions that cannot be had without others are part of the search; anything else that goes wrong ends it. */
function unresolvedOr(why: NoAnswer): Probed | {readonly why: NoAnswer} {
  const isOfVersions = ['does-not-resolve', 'install-failed', 'not-available', 'lock-stale'].includes(why.code)
  return isOfVersions ? {outcome: 'unresolved', ran: false} : {why}
}

function tell({run, asked, cell, pinned}: Hunt, number: number, take: readonly string[], probed: Probed): void {
  const changed: readonly Change[] = probed.prepared?.resolved ? changesBetween(pinned, probed.prepared.resolved) : []
  run.emit({
    is: 'probe-ended',
    service: asked.service,
    cell: cellName(cell),
    probe: {number, take, outcome: probed.outcome, changed},
  })
}

/** The lock file of the green set, for taking over; with it the manifest, where newest is more than its ranges allow. */
async function kept({folder, cell, revision}: Hunt, prepared: Prepared | undefined): Promise<string | undefined> {
  const path = revision.ecosystem?.locks.find(name => prepared?.changed[name] !== undefined)
  if (path === undefined) return undefined
  const place = join(folder, `green-${placeOf(cellName(cell)).branch}`)
  for (const [name, text] of Object.entries(prepared?.changed ?? {})) {
    await mkdir(dirname(join(place, name)), {recursive: true})
    await writeFile(join(place, name), text)
  }
  return join(place, path)
}
