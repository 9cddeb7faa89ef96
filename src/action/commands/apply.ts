import type {Applied} from '../../app/applied.ts'
import {type ApplyOptions, apply, prepare} from '../../app/apply.ts'
import {loadConfig} from '../../app/config.ts'
import {resumeRollout, showRollout} from '../../app/rollouts.ts'
import {gone} from '../../app/start-again.ts'
import {exitOf, optionsOf} from '../../commands/shared/carrying.ts'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Plan} from '../../core/plan/plan.ts'
import {planMarkdownWithin} from '../../report/plan/markdown.ts'
import {planTree} from '../../report/plan/tree.ts'
import {lineProgress} from '../../report/rollout/lines.ts'
import {rolloutMarkdown} from '../../report/rollout/markdown.ts'
import {cut} from '../../report/text/fitted.ts'
import type {Emit} from '../../ports/emit.ts'
import type {Act, Ending, Job} from '../job.ts'
import {noPlanEnding, planOutputs} from './plan.ts'
import {LOG, TIME_LIMIT_MS} from './shared.ts'

type Carry = (options: ApplyOptions, emit: Emit) => Promise<Result<Applied>>

/** Carries a plan out, or goes on with a rollout. What waits for a gate ends green, and says how to go on. */
export const applyAct: Act = async job => {
  const able = await recordStays(job)
  if (!able.ok) return able
  return job.inputs.rollout === undefined ? begin(job) : goOn(job, job.inputs.rollout)
}

/** A runner keeps no disk: a record on it would be gone with the job, and nobody could go on or take back. */
async function recordStays({where, inputs}: Job): Promise<Result<void>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  if (inputs.allowLocalState || loaded.value.config.state !== undefined) return ok(undefined)
  return fail(
    failure('usage', {
      message: 'the record of rollouts is in a file beside sluice.yaml, and a runner keeps no disk',
      hint: 'keep it in PostgreSQL: `state: postgres://...` in sluice.yaml; on a runner of your own that keeps its disk, set allow-local-state',
    }),
  )
}

async function begin(job: Job): Promise<Result<Ending>> {
  const {inputs, where} = job
  const prepared = await prepare({
    ...where,
    from: inputs.from,
    to: inputs.to,
    timeLimitMs: TIME_LIMIT_MS,
    file: inputs.planFile,
  })
  if (!prepared.ok) return prepared
  const {plan, first, warnings} = prepared.value
  job.warn(warnings)
  if (plan.steps === null) return ok(noPlanEnding(plan))
  let ending = nothing(plan)
  for (const each of [first, plan]) {
    if (!each || each.steps.length === 0) continue
    const carried = await carryOut(job, each, (options, emit) => apply(prepared.value, each, options, emit))
    if (!carried.ok || carried.value.exit !== 0) return carried
    ending = carried.value
  }
  return ok(ending)
}

function nothing(plan: Plan): Ending {
  return {
    exit: 0,
    said: 'nothing to do',
    outputs: {...planOutputs(plan), state: 'nothing-to-do'},
    markdown: most => planMarkdownWithin(plan, most),
  }
}

async function goOn(job: Job, id: string): Promise<Result<Ending>> {
  const found = await showRollout(job.where, id)
  if (!found.ok) return found
  const {rollout, plan} = found.value
  const first = await gone(job.where, plan)
  if (!first.ok) return first
  const started = first.value && (await carryOut(job, first.value.plan, first.value.carry))
  if (started && (!started.ok || started.value.exit !== 0)) return started
  return carryOut(job, plan, (options, emit) => resumeRollout(job.where, rollout.id, options, emit))
}

/** Shows the plan, then what happens, a line an event; signals of the runner stop it where it is safe. */
async function carryOut(job: Job, plan: Plan, carry: Carry): Promise<Result<Ending>> {
  await job.group('Plan', async line => line(planTree(plan, LOG)))
  return job.group('Rollout', async line => {
    const {inputs} = job
    const flags = {
      reason: inputs.reason ?? job.run,
      wait: inputs.wait,
      waive: inputs.waive,
      'lock-wait': inputs.lockWaitMs,
    }
    const progress = lineProgress(LOG, line)
    const {options, done} = optionsOf(flags, line)
    try {
      const applied = await carry(options, event => progress.happened(event))
      return applied.ok ? ok(endingOf(applied.value, plan)) : applied
    } finally {
      done()
    }
  })
}

function endingOf(applied: Applied, plan: Plan): Ending {
  const {outcome, rollout} = applied
  const isOpen = outcome.state === 'waiting' || outcome.state === 'paused'
  const how = isOpen ? `; to go on, run this again with \`rollout: ${rollout.id}\`` : ''
  const why = outcome.state === 'succeeded' ? '' : `: ${outcome.failure.message}`
  return {
    exit: exitOf(outcome.state),
    said: `rollout ${rollout.id} ${outcome.state}${why}${how}`,
    outputs: {...planOutputs(plan), 'rollout-id': rollout.id, state: outcome.state},
    markdown: most => cut(rolloutMarkdown(rollout) + (isOpen ? goOnMarkdown(rollout.id) : ''), most),
  }
}

function goOnMarkdown(id: string): string {
  return [
    '',
    `It stands where it is safe to stay. To go on, run the workflow again with the input \`rollout: ${id}\`,`,
    `or in a terminal \`sluice rollout resume ${id}\`; to go on without the gate, add \`waive\` and a \`reason\`.`,
    '',
  ].join('\n')
}
