import {mkdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import type {Doing} from '../../core/matrix/progress.ts'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {TestReport} from '../../core/matrix/test-report.ts'
import {clock} from '../clock.ts'
import type {Answer} from './answer.ts'
import {building} from './ecosystem.ts'
import type {Taken} from './installs.ts'
import {type LinesEnd, runLines} from './lines.ts'
import {overlay, type Prepared} from './prepare.ts'
import {reporting, testReportOf} from './report-files.ts'
import type {CellPlace} from './room.ts'
import {installTrouble, testTrouble} from './trouble.ts'
import type {Workbench} from './workbench.ts'

/** How an answer is looked for. */
export interface Attempt {
  readonly prepared: Prepared
  readonly log: string
  /** Is a red run again before it is believed, and are the libraries kept? Probes of a search do neither. */
  readonly thorough: boolean
  readonly doing: (doing: Doing) => void
  /** Installs and tests when it is this one's turn, or says why nobody wants it any more; at once without it. */
  readonly inTurn?: (work: () => Promise<BareAnswer>) => Promise<BareAnswer | NoAnswer>
}

/** An answer before it is known where its log is and how long all of it took. */
export type BareAnswer = Omit<Answer, 'log' | 'durationMs'>

/**
 * Installs and tests in a checkout of its own, which is gone afterwards whatever happens. The checkout is laid out
 * before the turn comes, while others test.
 */
export async function attempt(bench: Workbench, asked: Attempt): Promise<Answer> {
  const folder = await bench.cellFolder()
  const place = {folder, checkout: join(folder, 'work'), log: asked.log}
  const watch = stopwatch()
  let taken: Taken | undefined
  try {
    taken = await watch(() => laidOut(bench, asked, place))
    const inTurn = asked.inTurn ?? (work => work())
    const end = await inTurn(() => watch(() => answered(bench, asked, place, taken)))
    const bare = 'code' in end ? without(end) : end
    return {...bare, log: asked.log, durationMs: Math.round(watch.spent())}
  } finally {
    await taken?.giveBack()
    await rm(folder, {recursive: true, force: true, maxRetries: 3})
  }
}

const without = (why: NoAnswer): BareAnswer => ({outcome: 'error', exitCode: null, runs: 0, noAnswer: why})

/** Adds up the time that work takes, without the waiting in between. */
function stopwatch() {
  let spent = 0
  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = clock.monotonic()
    try {
      return await work()
    } finally {
      spent += clock.monotonic() - started
    }
  }
  return Object.assign(watch, {spent: () => spent})
}

async function laidOut(bench: Workbench, asked: Attempt, place: CellPlace): Promise<Taken | undefined> {
  const {revision} = asked.prepared
  await revision.source.checkout(revision.commit, place.checkout)
  await overlay(asked.prepared, place.checkout)
  return reused(bench, asked, place)
}

async function answered(
  bench: Workbench,
  asked: Attempt,
  place: CellPlace,
  taken: Taken | undefined,
): Promise<BareAnswer> {
  const trouble = taken ? undefined : await installed(bench, asked, place)
  return trouble ? without(trouble) : tested(bench, asked, place)
}

async function installed(bench: Workbench, asked: Attempt, place: CellPlace): Promise<NoAnswer | undefined> {
  const {installKey} = asked.prepared
  if (installKey === undefined) return install(bench, asked, place)
  // Whoever waited may find that the one before has installed what it wants.
  return bench.installs.inTurn(installKey, async () =>
    (await reused(bench, asked, place)) ? undefined : install(bench, asked, place),
  )
}

async function reused(bench: Workbench, asked: Attempt, {checkout}: CellPlace): Promise<Taken | undefined> {
  const {installKey} = asked.prepared
  const taken = installKey === undefined || !bench.reuse ? undefined : await bench.installs.take(installKey, checkout)
  if (taken) asked.doing('reusing')
  return taken
}

async function install(bench: Workbench, asked: Attempt, place: CellPlace): Promise<NoAnswer | undefined> {
  const {installKey, install: lines, revision} = asked.prepared
  asked.doing('installing')
  const end = await runLines(bench, place, lines)
  if (end.is === 'no-answer') return end.why
  if (end.is === 'failed') return installTrouble('install', end.output)
  if (installKey !== undefined && asked.thorough) {
    await bench.installs.keep(installKey, place.checkout, revision.ecosystem?.installed ?? [])
  }
  return undefined
}

/** A red is believed when it is red again with nothing changed; else it is green, and flaky. */
async function tested(bench: Workbench, asked: Attempt, place: CellPlace): Promise<BareAnswer> {
  asked.doing('testing')
  const first = await testOnce(bench, asked, place, 1)
  if (first.outcome !== 'failed' || !asked.thorough) return first
  asked.doing('testing again')
  const second = await testOnce(bench, asked, place, 2)
  return second.outcome === 'passed' ? {...second, runs: 2, flaky: true} : {...second, runs: 2}
}

async function testOnce(bench: Workbench, {prepared}: Attempt, place: CellPlace, round: number): Promise<BareAnswer> {
  const {revision} = prepared
  const report = join(place.folder, 'tmp', `report-${round}.json`)
  const since = Date.now() - MTIME_GRAIN_MS
  await mkdir(join(place.folder, 'tmp'), {recursive: true})
  const end = await runLines(bench, place, [building(reporting(revision.test, revision.files, report))])
  if (end.is === 'no-answer') return without(renamed(end.why))
  const tests = await testReportOf(place.checkout, report, end.output, since)
  const trouble = troubleOf(end, tests)
  if (trouble) return without(trouble)
  const known = {runs: 1, ...(tests && {tests})}
  if (end.is === 'done') return {outcome: 'passed', exitCode: 0, ...known}
  return {outcome: 'failed', exitCode: end.code, ...known, lastLines: lastLinesOf(end.output)}
}

/** Enough to see what it was about; the log has the rest. */
const SHOWN_LINES = 10

function lastLinesOf(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).split(/\r?\n/)
  return lines.filter(line => line.trim() !== '').slice(-SHOWN_LINES)
}

/** Some file systems keep times by the second. */
const MTIME_GRAIN_MS = 1000

/** A test command that is not there is the user's to correct, not the machine's. */
const renamed = (why: NoAnswer) => (why.code === 'program-missing' ? noAnswer('test-missing', why.text) : why)

function troubleOf(end: Exclude<LinesEnd, {is: 'no-answer'}>, tests: TestReport | undefined): NoAnswer | undefined {
  if (tests && tests.passed.length === 0 && tests.failed.length === 0) return noAnswer('no-tests', 'no test was run')
  return end.is === 'failed' ? testTrouble(end.code, end.output) : undefined
}

/** The end of a log, for looking for suspects and for showing. */
export async function logOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
