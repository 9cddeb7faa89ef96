import {gateText} from '../../core/rollout/gate.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {markdownCode, markdownText} from '../text/markdown.ts'
import {planMermaid} from './mermaid.ts'
import {actionText, costText, excuseText, optimalText, stateText} from './words.ts'

/** Where Mermaid gives up, or the picture says nothing any more. */
const MOST_DRAWN = {steps: 60, arrows: 150}

/** The plan for a pull request or a page: a sentence, a table, and a picture where it is small enough for one. */
export function planMarkdown(plan: Plan): string {
  const title = `## Plan for ${markdownText(plan.system)}, ${markdownText(plan.environment)}`
  if (plan.steps.length === 0)
    return [title, '', 'Nothing to do: everything is where it should be.', ...excused(plan), ''].join('\n')
  return [
    title,
    '',
    `**${costText(plan)}**, ${optimalText(plan)}.`,
    '',
    ...table(plan),
    ...excused(plan),
    ...picture(plan),
    '',
  ].join('\n')
}

function table(plan: Plan): readonly string[] {
  const head = ['| wave | step | from | to | does | after | why |', '| ---: | --- | --- | --- | --- | --- | --- |']
  return [...head, ...plan.steps.map(step => `| ${cells(step).join(' | ')} |`)]
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
  return ['', '```mermaid', planMermaid(plan).trimEnd(), '```']
}
