import type {ServiceName} from '../core/graph/system.ts'
import {sameAct} from '../core/rollout/course.ts'
import type {Act, Recorded} from '../core/rollout/record.ts'
import type {Land} from './land.ts'

/** The record that intends this act of this service, where that is the last thing intended for it. */
export function intentionBehind(land: Land, service: ServiceName, act: Act): Recorded | undefined {
  const last = recordsOf(land, service).findLast(({code}) => code === 'act-intended')
  return last?.code === 'act-intended' && sameAct(last.act, act) ? last : undefined
}

/** Whether the act's result is on record, and nobody has intended it anew since. */
export function repeats(land: Land, service: ServiceName, act: Act): boolean {
  const last = recordsOf(land, service).findLast(
    record => (record.code === 'act-intended' || record.code === 'act-done') && sameAct(record.act, act),
  )
  return last?.code === 'act-done'
}

function recordsOf(land: Land, service: ServiceName): readonly Recorded[] {
  const rollout = land.state.rollouts().at(-1)
  const steps = new Set(rollout?.plan.steps.filter(step => step.service === service).map(({id}) => id))
  return (rollout?.entries ?? []).map(({record}) => record).filter(record => 'step' in record && steps.has(record.step))
}
