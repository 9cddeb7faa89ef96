import type {ServiceName} from '../graph/system.ts'
import {type CellName, cellName, type Outcome} from './cell.ts'
import type {MatrixReport} from './matrix-report.ts'
import {outcomesOf} from './tests.ts'

/** What is known of one release. */
export interface ReleaseEvidence {
  readonly outcome: 'passed' | 'failed' | 'unknown'
  /** Which cell, when; or what to do so that it is known. */
  readonly detail: string
}

/** What will run is the commit of the release with its lock file: the pinned cell of whichever branch stood there. */
const PINNED: readonly CellName[] = ['prod+pinned', 'master+pinned']

/**
 * Whether the commit of a release was green as it will run. The newest answer counts; a cell of another commit says
 * nothing, however near.
 *
 * @param reports of the service, the newest first
 */
export function evidenceIn(
  reports: readonly MatrixReport[],
  service: ServiceName,
  release: string,
  commit: string | undefined,
): ReleaseEvidence {
  if (commit === undefined) {
    return {
      outcome: 'unknown',
      detail: `${service} ${release} has no tag in a repository, so nothing can have tested it`,
    }
  }
  for (const report of reports) {
    const answer = answerFor(report, commit)
    if (answer)
      return {
        outcome: answer.outcome,
        detail: `${answer.cell} of ${commit.slice(0, 7)} ${answer.outcome} at ${report.asOf}`,
      }
  }
  const detail = `nothing tested ${commit.slice(0, 7)} with its lock file, which is what would run`
  return {outcome: 'unknown', detail}
}

function answerFor(
  report: MatrixReport,
  commit: string,
): {readonly cell: CellName; readonly outcome: 'passed' | 'failed'} | undefined {
  const outcomes = outcomesOf(report.cells)
  for (const cell of PINNED) {
    const isThere = report.cells.some(one => cellName(one) === cell && one.commit === commit)
    const outcome: Outcome = outcomes[cell]
    if (isThere && (outcome === 'passed' || outcome === 'failed')) return {cell, outcome}
  }
  return undefined
}
