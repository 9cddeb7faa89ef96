import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {type NoAnswer, noAnswer} from '../../core/matrix/no-answer.ts'
import {unreachable} from '../../core/base/bug.ts'
import {formatDuration} from '../../core/base/units.ts'
import type {FileEdit, Line} from './ecosystem.ts'
import type {ProgramEnd} from './program.ts'
import type {CellPlace} from './room.ts'
import type {Workbench} from './workbench.ts'

/** What came of lines run one after the other. */
export type LinesEnd =
  | {readonly is: 'done'; readonly output: string}
  | {readonly is: 'failed'; readonly code: number; readonly output: string}
  | {readonly is: 'no-answer'; readonly why: NoAnswer}

/** Runs lines until one does not succeed. */
export async function runLines(bench: Workbench, place: CellPlace, lines: readonly Line[]): Promise<LinesEnd> {
  let output = ''
  for (const line of lines) {
    if (line.edit) await edited(place.checkout, line.edit)
    const end = judged(bench, line, await runOne(bench, place, line))
    if (end.is === 'failed') return {...end, output: `${await detailsOf(place.checkout, line)}${end.output}`}
    if (end.is !== 'done') return end
    output = end.output
  }
  return {is: 'done', output}
}

async function edited(checkout: string, {path, to}: FileEdit): Promise<void> {
  const file = join(checkout, path)
  await writeFile(file, to(await readFile(file, 'utf8')))
}

async function detailsOf(checkout: string, {details}: Line): Promise<string> {
  return details === undefined ? '' : readFile(join(checkout, details), 'utf8').catch(() => '')
}

/** Two npm at once can trip over each other in their shared cache: that is no reason to give up. */
async function runOne(bench: Workbench, place: CellPlace, line: Line): Promise<ProgramEnd> {
  const end = await bench.room.run(line, place)
  const tripped = end.is === 'exited' && end.code !== 0 && line.does === 'fetch' && /_cacache.*|EEXIST/.test(end.output)
  return tripped && /EEXIST|ENOENT|EINTEGRITY/.test(end.output) ? bench.room.run(line, place) : end
}

function judged(bench: Workbench, line: Line, end: ProgramEnd): LinesEnd {
  const name = line.command.join(' ')
  switch (end.is) {
    case 'exited':
      return end.code === 0 ? {is: 'done', output: end.output} : {is: 'failed', code: end.code, output: end.output}
    case 'out-of-time':
      return {is: 'no-answer', why: outOfTime(line, `${name} was not done within ${formatDuration(bench.timeoutMs)}`)}
    case 'stopped':
      return {is: 'no-answer', why: noAnswer('stopped', 'the run was stopped')}
    case 'out-of-memory':
      return {is: 'no-answer', why: noAnswer('resources', `${name} took more memory than its container may have`)}
    case 'missing':
      return {is: 'no-answer', why: noAnswer('program-missing', `${line.command[0]} is not installed`)}
    case 'lost':
      return {is: 'no-answer', why: noAnswer('no-container', end.text)}
    default:
      return unreachable(end)
  }
}

/** What only fetches waits for a registry, and for nothing that the service could mend. */
function outOfTime({does}: Line, text: string): NoAnswer {
  if (does === 'build') return noAnswer('out-of-time', text)
  return noAnswer('network', `${text}: the registry is silent, or slower than --timeout allows`)
}
