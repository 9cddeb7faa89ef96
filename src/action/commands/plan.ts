import {keepText} from '../../app/kept.ts'
import {pageOf} from '../../app/page.ts'
import {plan} from '../../app/plan.ts'
import {EXIT_OF_FAILURE} from '../../core/base/failure.ts'
import {ok, type Result} from '../../core/base/result.ts'
import type {NoPlan, Plan} from '../../core/plan/plan.ts'
import {jsonText} from '../../report/json.ts'
import {planMarkdownWithin} from '../../report/plan/markdown.ts'
import {noPlanMarkdown} from '../../report/plan/no-plan-markdown.ts'
import {noPlanText} from '../../report/plan/no-plan.ts'
import {planTree} from '../../report/plan/tree.ts'
import {costOf, costText} from '../../report/plan/words.ts'
import {cut} from '../../report/text/fitted.ts'
import type {Outputs} from '../definition.ts'
import type {Act, Ending} from '../job.ts'
import {LOG, TIME_LIMIT_MS} from './shared.ts'

const KEPT = 'sluice-plan.json'

/** Plans, keeps the plan, and ends green where there is one. Runs nothing but git. */
export const planAct: Act = async job => {
  const {inputs, where} = job
  const made = await plan({...where, from: inputs.from, to: inputs.to, timeLimitMs: TIME_LIMIT_MS})
  if (!made.ok) return made
  job.warn(made.value.warnings)
  const {plan: found} = made.value
  await job.group('Plan', async line => line(found.steps === null ? noPlanText(found, LOG) : planTree(found, LOG)))
  const page = inputs.page === undefined ? ok(undefined) : await keepText(inputs.page, await pageOf(found))
  if (!page.ok) return page
  const outputs = inputs.page === undefined ? {} : {'page-file': inputs.page}
  return found.steps === null ? ok(noPlanEnding(found, outputs)) : kept(found, inputs.planFile ?? KEPT, outputs)
}

async function kept(found: Plan, file: string, outputs: Outputs): Promise<Result<Ending>> {
  const written = await keepText(file, jsonText(found))
  if (!written.ok) return written
  const isEmpty = found.steps.length === 0
  return ok({
    exit: 0,
    said: isEmpty ? 'nothing to do' : costText(found),
    outputs: {...outputs, ...planOutputs(found), 'plan-file': file, state: isEmpty ? 'nothing-to-do' : 'planned'},
    markdown: most => planMarkdownWithin(found, most),
  })
}

/** What the workflow is told of a plan. */
export function planOutputs(found: Plan): Outputs {
  return {'has-steps': found.steps.length > 0, steps: found.steps.length, waves: costOf(found).waves}
}

/** How a run ends that found no plan. */
export function noPlanEnding(no: NoPlan, outputs: Outputs = {}): Ending {
  return {
    exit: EXIT_OF_FAILURE['no-safe-plan'],
    said: 'no safe plan',
    outputs: {...outputs, state: 'no-plan', 'has-steps': false, steps: 0, waves: 0},
    markdown: most => cut(noPlanMarkdown(no), most),
  }
}
