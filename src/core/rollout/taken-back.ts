import type {Instant} from '../base/units.ts'
import type {ServiceName} from '../graph/system.ts'
import type {Plan} from '../plan/plan.ts'
import type {PoolId} from './pool.ts'
import {poolIdOf} from './pool.ts'
import type {Entry} from './record.ts'
import type {Request} from './request.ts'

/** A state of a service that was tried and taken back, and that nobody has forgiven. */
export interface TakenBack {
  readonly service: ServiceName
  readonly pool: PoolId
  readonly at: Instant
  readonly rollout: string
  readonly why: string
}

/** A rollout, as far as it is remembered here. */
export interface Remembered {
  readonly id: string
  readonly plan: Plan
  readonly entries: readonly Entry[]
  readonly requests: readonly Request[]
}

/**
 * What was taken back and is not to be tried again just like that. The last word counts: a state that came to its end
 * since is no longer bad, and one that somebody forgave since is as good as never tried. What was taken back because
 * somebody wanted it says nothing against the release.
 * @param rollouts oldest first
 * @param before what was bad before the first of them
 */
export function takenBack(rollouts: readonly Remembered[], before: readonly TakenBack[] = []): readonly TakenBack[] {
  const bad = new Map(before.map(one => [nameOf(one), one]))
  for (const {id, plan, entries, requests} of rollouts) {
    const steps = new Map(plan.steps.map(step => [step.id, step]))
    for (const {record, at} of entries) {
      if (record.code !== 'step-rolled-back' && record.code !== 'step-succeeded') continue
      const {service, to} = steps.get(record.step) ?? {}
      if (service === undefined || !to) continue
      const pool = poolIdOf(to)
      const key = `${service}@${pool}`
      if (record.code === 'step-succeeded') bad.delete(key)
      else if (record.why.code !== 'aborted') bad.set(key, {service, pool, at, rollout: id, why: record.why.message})
    }
    for (const {wish, at} of requests) {
      const key = wish.do === 'forgive' ? `${wish.service}@${wish.pool}` : ''
      if (at >= (bad.get(key)?.at ?? Infinity)) bad.delete(key)
    }
  }
  return [...bad.values()]
}

/** What is still bad after a plan that came to its end: every state that it has a step to is good again. */
export function stillBad(bad: readonly TakenBack[], plan: Plan): readonly TakenBack[] {
  const good = new Set(triedAgain(plan, bad))
  return bad.filter(one => !good.has(one))
}

/** `accounts@2.0.0`. */
export function nameOf({service, pool}: Pick<TakenBack, 'service' | 'pool'>): string {
  return `${service}@${pool}`
}

/** Those of them that a plan would try again. */
export function triedAgain(plan: Plan, bad: readonly TakenBack[]): readonly TakenBack[] {
  return bad.filter(({service, pool}) =>
    plan.steps.some(step => step.service === service && step.to !== null && poolIdOf(step.to) === pool),
  )
}
