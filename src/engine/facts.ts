import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail} from '../core/base/result.ts'
import type {Instant} from '../core/base/units.ts'
import type {GateConfig} from '../core/config/config.ts'
import type {ContractUnused, Step} from '../core/plan/plan.ts'
import type {GateAnswer} from '../core/rollout/gate.ts'
import {gateId, isUnused} from '../core/rollout/gate.ts'
import type {CallEvidence} from '../ports/balancer.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

const QUIET_MS = 7 * 86_400_000
const ASK_MS = 10_000

/** Who still calls what is to go. */
export async function askCalls(session: Session, gate: ContractUnused): Promise<GateAnswer> {
  const {clock, quietMs} = session.deps
  const evidence = await within(clock, {what: `who calls ${gate.contract}`, code: 'balancer-failed', ms: ASK_MS}, () =>
    callsOf(session, gate),
  )
  if (!evidence.ok) return {holds: false, detail: evidence.failure.message}
  const quiet = quietMs.get(gate.contract) ?? QUIET_MS
  return isUnused(
    gate,
    {...evidence.value, callers: callersOf(evidence.value, clock.now() - quiet)},
    quiet,
    clock.now(),
  )
}

async function callsOf({deps}: Session, gate: ContractUnused): Promise<Result<CallEvidence>> {
  const {calls} = deps
  if (calls) return calls.evidence(gate.contract, gate.major)
  const message = `nothing counts the calls to ${gate.contract} v${gate.major}`
  return fail(failure('waiting', {message, hint: `waive it with --waive ${gateId(gate)}`}))
}

/** Who called since then, as far as anybody tells callers apart. */
export function callersOf({callers, clients = []}: CallEvidence, since: Instant): readonly string[] {
  return callers ?? clients.filter(({lastSeen}) => lastSeen >= since).map(({name}) => name)
}

/** What the tests of the release found. What nobody knows is no yes. */
export async function askMatrix({deps}: Session, {service, to}: Step): Promise<GateAnswer> {
  const release = to?.release ?? ''
  const untested = `no test matrix is known of ${service} ${release}; run \`sluice matrix run ${service} --master TAG\` with its tag`
  const {tests, clock} = deps
  if (!tests) return {holds: false, detail: untested}
  const asked = {what: `the tests of ${service} ${release}`, code: 'state-failed', ms: ASK_MS} as const
  const evidence = await within(clock, asked, () => tests.evidence(service, release))
  if (!evidence.ok) return {holds: false, detail: evidence.failure.message}
  const {outcome, detail} = evidence.value
  return {holds: outcome === 'passed', detail: outcome === 'unknown' ? `${untested}: ${detail}` : detail}
}

/** A program of the user's, which says yes by exit code 0. */
export async function askCommand(
  {deps}: Session,
  step: Step,
  gate: Extract<GateConfig, {readonly kind: 'command'}>,
): Promise<GateAnswer> {
  const state = step.to ?? step.from
  if (!state) return {holds: false, detail: 'there is no release to ask about'}
  const context = {service: step.service, state, share: 0, addresses: [], folder: deps.folder}
  const {verdict, detail} = await deps.checks.probe(gate, context)
  return {holds: verdict === 'passed', detail}
}
