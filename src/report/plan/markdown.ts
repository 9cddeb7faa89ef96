import {gateText} from '../../core/rollout/gate.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {counted} from '../text/count.ts'
import {fitted} from '../text/fitted.ts'
import {markdownCode, markdownText} from '../text/markdown.ts'
import {planMermaid} from './mermaid.ts'
import {actionText, costText, excuseText, optimalText, stateText} from './words.ts'

/** Where Mermaid gives up (it takes 500 arrows and 50,000 characters), or the picture says nothing any more. */
const MOST_DRAWN = {steps: 60, arrows: 150, characters: 50_000}

/** What of a plan to leave out where there is not room for all of it. */
interface Less {
  readonly picture?: false
  readonly reasons?: false
  /** Rows of the table. */
  readonly rows?: number
}

/** The plan for a pull request or a page: a sentence, a table, and a picture where it is small enough for one. */
export function planMarkdown(plan: Plan): string {
  return written(plan, {})
}

/** The plan in as much detail as fits into so many bytes. */
export function planMarkdownWithin(plan: Plan, most: number): string {
  return fitted(versionsOf(plan), most)
}

function* versionsOf(plan: Plan): Generator<string> {
  yield written(plan, {})
  yield written(plan, {picture: false})
  for (let rows = plan.steps.length; rows >= 1; rows = Math.floor(rows / 2))
    yield written(plan, {picture: false, reasons: false, rows})
}

function written(plan: Plan, less: Less): string {
  const title = `## Plan for ${markdownText(plan.system)}, ${markdownText(plan.environment)}`
  if (plan.steps.length === 0)
    return [title, '', 'Nothing to do: everything is where it should be.', ...excused(plan), ''].join('\n')
  return [
    title,
    '',
    `**${costText(plan)}**, ${optimalText(plan)}.`,
    '',
    ...table(plan, less),
    ...excused(plan),
    ...(less.picture === false ? [] : picture(plan)),
    '',
  ].join('\n')
}

function table(plan: Plan, {reasons, rows = plan.steps.length}: Less): readonly string[] {
  const head = ['| wave | step | from | to | does | after | why |', '| ---: | --- | --- | --- | --- | --- | --- |']
  const left = plan.steps.length - rows
  const steps = plan.steps.slice(0, rows).map(step => (reasons === false ? {...step, reasons: []} : step))
  const more = left > 0 ? ['', `And ${counted(left, 'more step')}: the plan itself has them all.`] : []
  return [...head, ...steps.map(step => `| ${cells(step).join(' | ')} |`), ...more]
}

function cells(step: Step): readonly string[] {
  const warnings = [
    ...step.gates.map(gate => `**gate:** ${markdownText(gateText(gate))}`),
    ...(step.reversible ? [] : ['**no way back**']),
  ]
  return [
    String(step.wave),
    markdownCode(step.id),
    markdownCode(stateText(step.from)),
    markdownCode(stateText(step.to)),
    actionText(step),
    step.after.map(markdownCode).join(', '),
    [...warnings, ...step.reasons.map(({text}) => markdownText(text))].join('<br>'),
  ]
}

function excused(plan: Plan): readonly string[] {
  if (!plan.excused?.length) return []
  return ['', 'Excused, and not checked:', '', ...plan.excused.map(excuse => `- ${markdownText(excuseText(excuse))}`)]
}

function picture(plan: Plan): readonly string[] {
  const arrows = plan.steps.reduce((count, step) => count + step.after.length, 0)
  if (plan.steps.length > MOST_DRAWN.steps || arrows > MOST_DRAWN.arrows) return []
  const drawn = planMermaid(plan).trimEnd()
  return drawn.length > MOST_DRAWN.characters ? [] : ['', '```mermaid', drawn, '```']
}
