import {bug} from '../core/base/bug.ts'
import {ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {State} from '../core/graph/system.ts'
import type {Step} from '../core/plan/plan.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Hook} from '../core/rollout/hooks.ts'
import type {HookId} from '../core/rollout/record.ts'
import type {HookEnded} from '../core/rollout/seen.ts'
import type {HookRequest} from '../ports/hooks.ts'
import type {Prepared} from '../ports/releases.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

/** What a hook may take beyond its own time limit before it is given up. */
const GRACE_MS: DurationMs = 10_000
/** What of its output is kept. */
const KEPT = 2000

/** Runs a hook, whose intention is on disk, to its end. */
export async function runHook(session: Session, step: Step, course: Course, id: HookId): Promise<HookEnded> {
  const {clock, hooks} = session.deps
  const hook = course.hooks.find(one => one.id === id) ?? bug(`${step.id} has no hook ${id}`)
  if (!hooks) return bug('there are hooks, and nobody to run them')
  const began = clock.monotonic()
  const asked = {
    what: `the hook ${id} of ${step.service}`,
    code: 'runtime-failed',
    ms: hook.timeoutMs + GRACE_MS,
  } as const
  const ended = await within(clock, asked, async () => ok(await hooks.run(await requestOf(session, step, hook))))
  const {ok: isDone, output} = ended.ok ? ended.value : {ok: false, output: ended.failure.message}
  return {ok: isDone, output: output.slice(-KEPT), tookMs: clock.monotonic() - began}
}

/** A hook of the service itself runs in the release's own checkout with its environment; one of a client, beside the file. */
async function requestOf({deps, id, plan}: Session, step: Step, hook: Hook): Promise<HookRequest> {
  const state: State = step.to ?? step.from ?? bug(`${step.id} moves nothing`)
  const prepared = hook.of === step.service ? await deps.releases.prepare(step.service, state) : undefined
  const {run = {}, folder = deps.folder}: Partial<Prepared> = prepared?.ok ? prepared.value : {}
  return {
    name: `${step.id}/${hook.id}`,
    command: hook.command,
    folder,
    timeoutMs: hook.timeoutMs,
    env: {
      ...run.env,
      SLUICE_ENVIRONMENT: plan.environment,
      SLUICE_ROLLOUT: id,
      SLUICE_STEP: step.id,
      SLUICE_HOOK: hook.id,
      SLUICE_SERVICE: hook.of,
      SLUICE_MOVES: step.service,
      SLUICE_FROM_RELEASE: step.from?.release ?? '',
      SLUICE_FROM_MODE: step.from?.mode ?? '',
      SLUICE_RELEASE: step.to?.release ?? '',
      SLUICE_MODE: step.to?.mode ?? '',
    },
  }
}

/** What somebody says of a hook of which nobody knows how it ended. */
export function toldOf({options}: Session, step: Step, hook: HookId): 'done' | 'again' | undefined {
  return options.hooks?.get(`${step.id}/${hook}`)
}
