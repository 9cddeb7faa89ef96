import type {DurationMs} from '../../core/base/units.ts'
import type {NoAnswer} from '../../core/matrix/no-answer.ts'
import type {TestReport} from '../../core/matrix/test-report.ts'

/** What came of installing and testing once. */
export interface Answer {
  readonly outcome: 'passed' | 'failed' | 'error'
  readonly exitCode: number | null
  readonly durationMs: DurationMs
  readonly log: string
  readonly runs: number
  readonly flaky?: true
  readonly tests?: TestReport
  /** The end of what the tests wrote, where they are red. */
  readonly lastLines?: readonly string[]
  readonly noAnswer?: NoAnswer
}

/** An answer before it is known where its log is and how long all of it took. */
export type BareAnswer = Omit<Answer, 'log' | 'durationMs'>

export function without(why: NoAnswer): BareAnswer {
  return {outcome: 'error', exitCode: null, runs: 0, noAnswer: why}
}
