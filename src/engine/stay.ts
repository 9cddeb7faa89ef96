import {bug} from '../core/base/bug.ts'
import type {Failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {State} from '../core/graph/system.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import type {HookEnded} from '../core/rollout/seen.ts'
import type {StepState} from '../core/rollout/step-state.ts'
import type {Prepared} from '../ports/releases.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'
import type {Watch} from './watch.ts'
import {watch} from './watch.ts'

const PREPARE_MS: DurationMs = 600_000
const EVERY_MS: DurationMs = 1000

/** The time that a step spends in one state, and what was learnt in it. */
export interface Stay {
  readonly state: StepState
  readonly watch: Watch
  /** What is intended in it, this process has intended. */
  readonly isOwn: boolean
  /** How often the act was done and not seen to have come about. */
  tries: number
  /** When it was last done. */
  calledAt: DurationMs
  watchedMs: DurationMs
  lookedAt: DurationMs
  prepared?: Prepared
  refused?: Failure
  fatal?: Failure
  switched?: boolean
  hook?: HookEnded
  callers?: {readonly callers: readonly string[]; readonly at: DurationMs}
}

/** A new state is entered with its watch begun, and with what its act needs made ready. */
export async function enter(
  session: Session,
  step: Step,
  course: Course,
  state: StepState,
  isOwn: boolean,
): Promise<Stay> {
  const next: State = step.to ?? step.from ?? bug(`${step.id} moves nothing`)
  const {clock} = session.deps
  const prepared = await prepare(session, step, state)
  return {
    state,
    watch: watch(session, course, next, state),
    isOwn,
    tries: 0,
    calledAt: -Infinity,
    watchedMs: 0,
    lookedAt: clock.monotonic(),
    ...(prepared?.ok && {prepared: prepared.value}),
    ...(prepared && !prepared.ok && {fatal: prepared.failure}),
  }
}

/**
 * Files and images are made ready before the clock of the start begins to tick, since a big repository takes what it
 * takes.
 */
async function prepare({deps, id}: Session, step: Step, state: StepState): Promise<Result<Prepared> | undefined> {
  const needed = state.is === 'acting' && (state.act.do === 'start' || state.act.do === 'switch')
  if (!needed || step.to === null) return undefined
  const {service, to} = step
  return within(
    deps.clock,
    {what: `make ${service} ${to.release} ready`, code: 'repository-failed', ms: PREPARE_MS},
    async () => {
      const prepared = await deps.releases.prepare(service, to)
      if (!prepared.ok || !deps.runtime.prepare || state.act.do !== 'start') return prepared
      const {run} = prepared.value
      const tell = seldom(deps, message =>
        deps.emit({at: deps.clock.now(), rollout: id, code: 'preparing', step: step.id, message}),
      )
      const ready = await deps.runtime.prepare({service, state: to, run}, tell)
      return ready.ok ? prepared : ready
    },
  )
}

/** Not more often than people can read it. */
function seldom({clock}: Session['deps'], tell: (message: string) => void): (message: string) => void {
  let toldAt = -Infinity
  return message => {
    if (clock.monotonic() - toldAt < EVERY_MS) return
    toldAt = clock.monotonic()
    tell(message)
  }
}
