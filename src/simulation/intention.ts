import type {ServiceName} from '../core/graph/system.ts'
import {sameAct} from '../core/rollout/course.ts'
import type {Act, Recorded} from '../core/rollout/record.ts'
import type {Land} from './land.ts'

/** The record that intends this act of this service, where that is the last thing intended for it. */
export function intentionBehind(land: Land, service: ServiceName, act: Act): Recorded | undefined {
  const last = lastIntention(land, service)
  return last && sameAct(last.act, act) ? last : undefined
}

/** Whether the last thing intended for the service is a share. */
export function intendsShares(land: Land, service: ServiceName): boolean {
  return lastIntention(land, service)?.act.do === 'route'
}

function lastIntention(land: Land, service: ServiceName) {
  const last = recordsOf(land, service).findLast(({code}) => code === 'act-intended')
  return last?.code === 'act-intended' ? last : undefined
}

/** Whether the act's result is on record, and nobody has intended it anew since. */
export function repeats(land: Land, service: ServiceName, act: Act): boolean {
  const last = recordsOf(land, service).findLast(
    record => (record.code === 'act-intended' || record.code === 'act-done') && sameAct(record.act, act),
  )
  return last?.code === 'act-done'
}

/**
 * Whether a hook that has run may run once more: its end is on record as a failure, or the step was taken back since, and it
 * was intended anew.
 */
export function mayRunAgain(land: Land, service: ServiceName, hook: string): boolean {
  const records = recordsOf(land, service)
  const overAt = records.findLastIndex(
    one => one.code === 'step-rolled-back' || (one.code === 'hook-ended' && one.hook === hook && !one.ok),
  )
  const intendedAt = records.findLastIndex(
    one => one.code === 'act-intended' && one.act.do === 'hook' && one.act.hook === hook,
  )
  return overAt >= 0 && intendedAt > overAt
}

/** Every hook that was intended, and whose end nobody has written down. */
export function openHooks(land: Land): readonly string[] {
  const open = new Set<string>()
  for (const {record} of land.state.rollouts().at(-1)?.entries ?? []) {
    if (record.code === 'act-intended' && record.act.do === 'hook') open.add(`${record.step}/${record.act.hook}`)
    if (record.code === 'hook-ended') open.delete(`${record.step}/${record.hook}`)
  }
  return [...open]
}

function recordsOf(land: Land, service: ServiceName): readonly Recorded[] {
  const rollout = land.state.rollouts().at(-1)
  const steps = new Set(rollout?.plan.steps.filter(step => step.service === service).map(({id}) => id))
  return (rollout?.entries ?? []).map(({record}) => record).filter(record => 'step' in record && steps.has(record.step))
}
