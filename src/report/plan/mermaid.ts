import {gateText} from '../../core/rollout/gate.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {mermaidLabel} from '../text/mermaid.ts'
import {actionText, stateText, wavesOf} from './words.ts'

/** The plan as a Mermaid flow chart: a box a wave, an arrow from each step to those that wait for it. */
export function planMermaid(plan: Plan): string {
  const nodes = new Map(plan.steps.map((step, index) => [step.id, `s${index + 1}`]))
  const waves = wavesOf(plan).flatMap((steps, index) => [
    `  subgraph w${index + 1} [${mermaidLabel(`wave ${index + 1}`)}]`,
    ...steps.map(step => `    ${nodes.get(step.id)}[${mermaidLabel(labelOf(step))}]`),
    '  end',
  ])
  const arrows = plan.steps.flatMap(step => step.after.map(id => `  ${nodes.get(id)} --> ${nodes.get(step.id)}`))
  return ['flowchart LR', ...waves, ...arrows, ''].join('\n')
}

function labelOf(step: Step): string {
  const way = `${stateText(step.from)} → ${stateText(step.to)}`
  const action = actionText(step) === 'deploy' ? [] : [actionText(step)]
  const warning = step.reversible ? [] : ['no way back']
  return [step.id, way, ...action, ...step.gates.map(gateText), ...warning].join('\n')
}
