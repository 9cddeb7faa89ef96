import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import {unreachable} from '../../core/base/bug.ts'
import {formatDuration} from '../../core/base/units.ts'
import type {Line} from './ecosystem.ts'
import {environmentsOf} from './environment.ts'
import {type ProgramEnd, runProgram} from './program.ts'
import type {Workbench} from './workbench.ts'

/** Where the commands of one cell run. */
export interface CellPlace {
  /** The cell's own folder: home and tmp are in it. */
  readonly folder: string
  readonly checkout: string
  readonly log: string
}

/** What came of lines run one after the other. */
export type LinesEnd =
  | {readonly is: 'done'; readonly output: string}
  | {readonly is: 'failed'; readonly code: number; readonly output: string}
  | {readonly is: 'no-answer'; readonly why: NoAnswer}

/** Runs lines until one does not succeed. */
export async function runLines(bench: Workbench, place: CellPlace, lines: readonly Line[]): Promise<LinesEnd> {
  let output = ''
  for (const line of lines) {
    const end = judged(bench, line, await runOne(bench, place, line))
    if (end.is !== 'done') return end
    output = end.output
  }
  return {is: 'done', output}
}

/** Two npm at once can trip over each other in their shared cache: that is no reason to give up. */
async function runOne(bench: Workbench, place: CellPlace, line: Line): Promise<ProgramEnd> {
  const end = await runOnce(bench, place, line)
  const tripped = end.is === 'exited' && end.code !== 0 && line.does === 'fetch' && /_cacache.*|EEXIST/.test(end.output)
  return tripped && /EEXIST|ENOENT|EINTEGRITY/.test(end.output) ? runOnce(bench, place, line) : end
}

function runOnce(bench: Workbench, {folder, checkout, log}: CellPlace, line: Line): Promise<ProgramEnd> {
  const env = {...environmentsOf(bench.env, folder)[line.does], ...line.env}
  return runProgram({
    command: line.command,
    folder: checkout,
    env,
    log,
    timeoutMs: bench.timeoutMs,
    signal: bench.signal,
  })
}

function judged(bench: Workbench, line: Line, end: ProgramEnd): LinesEnd {
  const name = line.command.join(' ')
  switch (end.is) {
    case 'exited':
      return end.code === 0 ? {is: 'done', output: end.output} : {is: 'failed', code: end.code, output: end.output}
    case 'out-of-time':
      return {
        is: 'no-answer',
        why: noAnswer('out-of-time', `${name} was not done within ${formatDuration(bench.timeoutMs)}`),
      }
    case 'stopped':
      return {is: 'no-answer', why: noAnswer('stopped', 'the run was stopped')}
    case 'missing':
      return {is: 'no-answer', why: noAnswer('program-missing', `${line.command[0]} is not installed`)}
    default:
      return unreachable(end)
  }
}
