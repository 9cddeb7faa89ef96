import {gateText} from '../../core/rollout/gate.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {actionText, stateText} from '../plan/words.ts'
import {html, type Markup} from './html.ts'

/** Every step as a row, for readers that see no picture, for paper, and for looking closely. */
export function planTable(plan: Plan): Markup {
  return html`<div class="table"><table>
<caption class="unseen">Every step, by wave</caption>
<thead><tr><th scope="col" class="number">Wave</th><th scope="col">Step</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Does</th><th scope="col">After</th><th scope="col">Why</th></tr></thead>
<tbody>
${plan.steps.map(row)}</tbody>
</table></div>`
}

function row(step: Step, index: number): Markup {
  return html`<tr data-row="${index}"><td class="number">${step.wave}</td><th scope="row">${step.id}</th><td class="version">${stateText(step.from)}</td><td class="version to">${stateText(step.to)}</td><td>${actionText(step)}</td><td>${step.after.join(', ')}</td><td>${remarks(step)}</td></tr>
`
}

function remarks(step: Step): Markup {
  const gates = step.gates.map(gate => html`<li><span class="badge is-gate">gate</span> ${gateText(gate)}</li>`)
  const oneWay = !step.reversible && html`<li><span class="badge is-one-way">no way back</span></li>`
  const reasons = step.reasons.map(({text}) => html`<li>${text}</li>`)
  return html`<ul>${gates}${oneWay}${reasons}</ul>`
}
