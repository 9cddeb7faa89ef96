import type {AskingCheck, AskingTerms, CheckTerms} from '../config/config.ts'
import type {Probe, Probed, Tally} from './seen.ts'
import type {Evidence, Verdict} from './evidence.ts'

/** The limits of Argo Rollouts, and what they are without being said. */
const FAILURES = 0
const INCONCLUSIVE = 0
const ERRORS_IN_A_ROW = 4

export const NO_ANSWERS: Tally = {answers: 0, failed: 0, inconclusive: 0, errorsInARow: 0}

/** The tally after one more answer. An error of the measuring is no answer. */
export function tallied(tally: Tally, verdict: Probed['verdict']): Tally {
  if (verdict === 'error') return {...tally, errorsInARow: tally.errorsInARow + 1}
  return {
    answers: tally.answers + 1,
    failed: tally.failed + (verdict === 'failed' ? 1 : 0),
    inconclusive: tally.inconclusive + (verdict === 'inconclusive' ? 1 : 0),
    errorsInARow: 0,
  }
}

/**
 * What a check that asks somebody comes to. It fails at once with one no more than may be. Errors of the measuring, and
 * answers that say neither, never fail it: where there are more of them than may be, there is no verdict.
 */
export function judgeAnswers(check: CheckTerms & AskingCheck, {probes, moment}: Evidence): Verdict {
  const probe = probes.find(one => one.check === check)
  // One comes, if only to say that it could not be measured.
  if (!probe) return {is: 'undecided', text: 'no answer yet'}
  const {tally, detail} = probe
  if (tally.failed > (check.failureLimit ?? FAILURES)) return {is: 'failed', text: failedText(check, tally, detail)}
  const hole = missing(check, probe)
  if (hole === undefined) return {is: 'passed', text: detail}
  if (moment === 'early' || (moment === 'over' && !hole.isFinal)) return {is: 'undecided', text: hole.text}
  return {is: 'inconclusive', text: hole.text}
}

function failedText({failureLimit = FAILURES}: AskingTerms, {failed}: Tally, detail: string): string {
  return failureLimit === 0 ? detail : `${failed} answers said no, and ${failureLimit} may; the last: ${detail}`
}

/** What a verdict lacks; `isFinal` where waiting for it brings nothing. */
function missing(
  {count = 1, inconclusiveLimit = INCONCLUSIVE, consecutiveErrorLimit = ERRORS_IN_A_ROW}: AskingTerms,
  {tally, detail}: Probe,
): {readonly text: string; readonly isFinal: boolean} | undefined {
  const {answers, inconclusive, errorsInARow} = tally
  if (inconclusive > inconclusiveLimit)
    return {text: `${inconclusive} answers said neither yes nor no; the last: ${detail}`, isFinal: true}
  if (errorsInARow > consecutiveErrorLimit)
    return {text: `it could not be measured ${errorsInARow} times in a row: ${detail}`, isFinal: true}
  if (errorsInARow > 0) return {text: `it could not be measured: ${detail}`, isFinal: false}
  return answers < count
    ? {text: `${answers} of ${count} answers came; the last: ${detail}`, isFinal: false}
    : undefined
}
