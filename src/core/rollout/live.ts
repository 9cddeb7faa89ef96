import type {Instant, Percent} from '../base/units.ts'
import type {ServiceConfig} from '../config/config.ts'
import type {ServiceName} from '../graph/system.ts'
import type {Plan, StepId} from '../plan/plan.ts'
import type {Act, CheckMeasured, Entry} from './record.ts'
import type {RolloutState} from './rollout-state.ts'
import type {StepState} from './step-state.ts'

/** One step as whoever looks on wants to see it: what is going on, since when, and for how long still. */
export interface LiveStep {
  readonly id: StepId
  readonly service: ServiceName
  readonly is: StepState['is']
  /** What is being done, or was done last on its way. */
  readonly act?: Act
  /** What `next` was last seen to have been given. */
  readonly share: Percent
  /** When the share has been held long enough, as far as its checks hold. */
  readonly until?: Instant
  /** Why it waits, went back or halted. */
  readonly why: readonly string[]
  /** What each check came to when it was judged last. */
  readonly checks: readonly CheckMeasured[]
}

/** Every step of a rollout that has begun or is asked for something, from its records alone. */
export function liveStepsOf(
  plan: Plan,
  {steps}: RolloutState,
  entries: readonly Entry[],
  services: ReadonlyMap<ServiceName, ServiceConfig>,
): readonly LiveStep[] {
  const told = toldBy(entries)
  return plan.steps.flatMap(({id, service}) => {
    const story = steps.get(id)
    if (!story) return []
    const {state, share} = story
    const {since, checks = []} = told.get(id) ?? {}
    const act = actOf(state)
    const bakeMs = services.get(service)?.rollout.bakeMs
    const isHeld = state.is === 'holding' && state.act.do === 'route'
    const until = isHeld && since !== undefined && bakeMs !== undefined ? since + bakeMs : undefined
    return [
      {
        id,
        service,
        is: state.is,
        share,
        why: whyOf(state),
        checks,
        ...(act && {act}),
        ...(until !== undefined && {until}),
      },
    ]
  })
}

interface Told {
  /** When the last act was seen to be done. */
  readonly since?: Instant
  readonly checks?: readonly CheckMeasured[]
}

function toldBy(entries: readonly Entry[]): ReadonlyMap<StepId, Told> {
  const told = new Map<StepId, Told>()
  for (const {at, record} of entries) {
    if (!('step' in record)) continue
    const known = told.get(record.step) ?? {}
    if (record.code === 'act-done') told.set(record.step, {...known, since: at})
    if ('measured' in record && record.measured) told.set(record.step, {...known, checks: record.measured.checks})
  }
  return told
}

function actOf(state: StepState): Act | undefined {
  return state.is === 'acting' || state.is === 'holding' || state.is === 'returning' ? state.act : undefined
}

function whyOf(state: StepState): readonly string[] {
  switch (state.is) {
    case 'waiting':
      return state.for
    case 'holding':
      return state.unsure ? [state.unsure.message] : []
    case 'returning':
    case 'rolled-back':
    case 'halted':
      return [state.why.message]
    default:
      return []
  }
}
