import type {TestReport} from '../../../core/matrix/test-report.ts'
import {reportOf, type TestLine} from './report.ts'

/**
 * TAP within a log. Subtests stand further in and before the test they belong to, so a test is told by its place: the
 * lines are kept until the line of their parent comes. Only leaves count; parents are red because of them.
 */
export function readTap(log: string): TestReport | undefined {
  const start = log.search(/^TAP version 1[34]$/m)
  if (start < 0) return undefined
  const open: {depth: number; tests: TestLine[]}[] = []
  for (const line of log.slice(start).split('\n')) {
    const point = pointOf(line)
    if (point) close(open, point)
  }
  return reportOf(open.flatMap(level => level.tests))
}

interface Point extends TestLine {
  readonly depth: number
}

function pointOf(line: string): Point | undefined {
  const match = /^( *)(not )?ok\b(?: \d+)?(?: -)? ?(.*)$/.exec(line)
  if (!match) return undefined
  const [, indent = '', not, rest = ''] = match
  const [name = '', directive = ''] = rest.split(/(?<!\\)# ?(?=skip|todo)/i)
  const outcome = directive ? 'skipped' : not ? 'failed' : 'passed'
  return {depth: indent.length, name: name.replace(/ # time=.*$/, '').trim(), outcome}
}

/** A point ends the deeper ones before it, which are its subtests. */
function close(open: {depth: number; tests: TestLine[]}[], point: Point): void {
  const inner: TestLine[] = []
  while ((open.at(-1)?.depth ?? -1) > point.depth) inner.unshift(...(open.pop()?.tests ?? []))
  if (open.at(-1)?.depth !== point.depth) open.push({depth: point.depth, tests: []})
  const leaves = inner.map(({name, outcome}) => ({name: `${point.name} > ${name}`, outcome}))
  open.at(-1)?.tests.push(...(leaves.length > 0 ? leaves : [{name: point.name, outcome: point.outcome}]))
}
