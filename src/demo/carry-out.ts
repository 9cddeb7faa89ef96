import {randomBytes} from 'node:crypto'
import {whoAmI} from '../adapters/holders.ts'
import {answer} from '../app/plan.ts'
import {pose} from '../app/question.ts'
import {withRecord} from '../app/record.ts'
import {loadSystemIn} from '../app/system.ts'
import {depsFor} from '../app/world.ts'
import {bug} from '../core/base/bug.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {wantedRelease} from '../core/config/wanted.ts'
import type {Event} from '../core/event/event.ts'
import type {Plan} from '../core/plan/plan.ts'
import {type Outcome, run} from '../engine/rollout.ts'

/** What one upgrade of the demo system was, from its plan to its end. */
export interface CarriedOut {
  readonly plan: Plan
  readonly outcome: Outcome
  readonly events: readonly Event[]
}

/** What somebody who watches an upgrade is told. */
export interface Watcher {
  planned(plan: Plan): void
  happened(event: Event): void
}

const PLAN_MS = 10_000

/**
 * Plans and carries out one upgrade of the demo system, as `sluice apply` does.
 * @param to releases by service, as `--to` says them; empty for the target that stands in the file
 */
export async function carryOut(
  config: string,
  to: Readonly<Record<string, string>>,
  reason: string,
  watcher: Watcher,
  abort: AbortSignal,
): Promise<Result<CarriedOut>> {
  const loaded = await loadSystemIn({cwd: '/', config}, undefined)
  if (!loaded.ok) return loaded
  const wanted = new Map(
    Object.entries(to).map(([service, text]) => [service, wantedRelease(text) ?? bug(`no release: ${text}`)]),
  )
  const posed = await pose(loaded.value, {...(wanted.size > 0 && {to: wanted})})
  if (!posed.ok) return posed
  const plan = answer(posed.value.question, PLAN_MS)
  if (plan.steps === null) return fail(failure('no-safe-plan', {message: `there is no plan for the demo: ${plan.why}`}))
  watcher.planned(plan)
  const events: Event[] = []
  return withRecord(loaded.value.config, async state => {
    const emit = (event: Event) => {
      events.push(event)
      watcher.happened(event)
    }
    const deps = await depsFor(loaded.value, posed.value.environment, state, emit)
    if (!deps.ok) return deps
    const id = `${new Date().toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`
    const outcome = await run(deps.value, plan, id, {who: whoAmI(), reason, wait: true, abort})
    return outcome.ok ? ok({plan, outcome: outcome.value, events}) : outcome
  })
}
