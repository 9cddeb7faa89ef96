import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Doing} from '../../core/matrix/progress.ts'
import type {TestReport} from '../../core/matrix/test-report.ts'
import {type BareAnswer, without} from './answer.ts'
import {building} from './ecosystem.ts'
import {type LinesEnd, runLines} from './lines.ts'
import type {Prepared} from './prepare.ts'
import {reporting, testReportOf} from './report-files.ts'
import type {CellPlace} from './room.ts'
import {testTrouble} from './trouble.ts'
import type {Workbench} from './workbench.ts'

/** What is tested, and how. */
export interface Testing {
  readonly prepared: Prepared
  /** Is a red run again before it is believed, and are the libraries kept? Probes of a search do neither. */
  readonly thorough: boolean
  readonly doing: (doing: Doing) => void
}

/** A red is believed when it is red again with nothing changed; else it is green, and flaky. */
export async function tested(bench: Workbench, asked: Testing, place: CellPlace): Promise<BareAnswer> {
  asked.doing('testing')
  const first = await testOnce(bench, asked, place, 1)
  if (first.outcome !== 'failed' || !asked.thorough) return first
  asked.doing('testing again')
  const second = await testOnce(bench, asked, place, 2)
  return second.outcome === 'passed' ? {...second, runs: 2, flaky: true} : {...second, runs: 2}
}

async function testOnce(bench: Workbench, {prepared}: Testing, place: CellPlace, round: number): Promise<BareAnswer> {
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
