import type {Plan, Step} from '../../core/plan/plan.ts'
import {actionText, stateText, wavesOf} from '../plan/words.ts'
import {counted} from '../text/count.ts'
import {html, type Markup} from './html.ts'
import {marksOf, stepLabel} from './picture.ts'

/** The plan as a list of waves that open on demand, where a picture of all steps would be too large to read. */
export function planWaves(plan: Plan): Markup {
  const index = new Map(plan.steps.map((step, at) => [step, at]))
  return html`<div class="waves">${wavesOf(plan).map((steps, at) => wave(steps, at + 1, step => index.get(step) ?? 0))}</div>`
}

function wave(steps: readonly Step[], number: number, indexOf: (step: Step) => number): Markup {
  const gates = steps.filter(step => step.gates.length > 0).length
  const oneWay = steps.filter(step => !step.reversible).length
  return html`<details class="wave" data-wave="${number}"><summary><strong>Wave ${number}</strong> <span class="faint">${counted(steps.length, 'step')}</span>
${gates > 0 && html`<span class="badge is-gate">${counted(gates, 'gate')}</span>`}${oneWay > 0 && html`<span class="badge is-one-way">${oneWay} with no way back</span>`}<span class="tally" aria-live="polite"></span><span class="now-tally"></span></summary>
<div class="wave-steps">${steps.map(step => stepButton(step, indexOf(step)))}</div></details>
`
}

function stepButton(step: Step, index: number): Markup {
  return html`<button type="button" class="step ${marksOf(step)}" data-step="${index}" data-wave="${step.wave}" tabindex="-1" aria-label="${stepLabel(step)}" title="${stepLabel(step)}"><span class="service">${step.service}</span><span class="way">${stateText(step.from)} → <span class="to">${stateText(step.to)}</span> ${actionText(step) !== 'deploy' && html`<span class="action">${actionText(step)}</span>`}</span></button>
`
}
