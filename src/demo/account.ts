import type {Event} from '../core/event/event.ts'
import type {Plan, StepId} from '../core/plan/plan.ts'
import type {CarriedOut} from './carry-out.ts'
import type {Seen} from './load.ts'

/** The document of `demo --json`. */
export interface DemoAccount {
  readonly migration: {
    readonly requests: number
    readonly failed: number
    readonly steps: readonly StepAccount[]
  }
  readonly broken: {
    /** From the first bad answer to the moment when no traffic went to the broken release any more. */
    readonly noticedMs: number | null
    readonly spoiled: number
    readonly takenBack: boolean
  }
}

export interface StepAccount {
  readonly id: StepId
  readonly durationMs: number
  /** The largest share below 100 that was held; null where the step has none. */
  readonly shareAsked: number | null
  /** What the balancer counted while it was held. */
  readonly shareMeasured: number | null
}

/** What the migration cost. */
export function accountOfMigration({plan, events}: CarriedOut, seen: Seen): DemoAccount['migration'] {
  return {
    requests: seen.requests,
    failed: seen.spoiled.length,
    steps: plan.steps.map(({id}) => stepAccount(id, events)),
  }
}

/** What the broken release cost. */
export function accountOfBroken({plan, outcome, events}: CarriedOut, seen: Seen): DemoAccount['broken'] {
  const first = Math.min(...seen.spoiled.map(({at}) => at))
  const back = routedBackAt(plan, events)
  const isBack = outcome.state === 'failed' && events.some(({code}) => code === 'step-rolled-back')
  return {
    noticedMs: back !== undefined && Number.isFinite(first) ? Math.max(0, back - first) : null,
    spoiled: seen.spoiled.length,
    takenBack: isBack,
  }
}

function stepAccount(id: StepId, events: readonly Event[]): StepAccount {
  const own = events.filter(event => 'step' in event && event.step === id)
  const at = (code: Event['code']) => own.find(event => event.code === code)?.at ?? 0
  const held = own.flatMap(event => (event.code === 'bake-passed' && event.share < 100 ? [event] : [])).at(-1)
  return {
    id,
    durationMs: at('step-succeeded') - at('step-started'),
    shareAsked: held?.share ?? null,
    shareMeasured: held?.measured.share === undefined ? null : Number(held.measured.share.toFixed(2)),
  }
}

/** When the balancer had said that the step taken back has no share left. */
function routedBackAt(plan: Plan, events: readonly Event[]): number | undefined {
  const from = events.findIndex(event => event.code === 'taking-back' && plan.steps.some(({id}) => id === event.step))
  if (from < 0) return undefined
  return events.slice(from).find(event => event.code === 'act-done' && event.act.do === 'route')?.at
}
