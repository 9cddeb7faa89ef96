import {byText} from '../../../core/base/order.ts'
import type {TestReport} from '../../../core/matrix/test-report.ts'

/** One test as a runner told it. */
export interface TestLine {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
}

/** Sorted, each name once; a test that failed under one of its names failed. */
export function reportOf(lines: readonly TestLine[]): TestReport {
  const failed = namesOf(lines, 'failed')
  const red = new Set(failed)
  return {passed: namesOf(lines, 'passed').filter(name => !red.has(name)), failed}
}

function namesOf(lines: readonly TestLine[], outcome: TestLine['outcome']): string[] {
  return [...new Set(lines.filter(line => line.outcome === outcome).map(line => line.name))].sort(byText)
}
