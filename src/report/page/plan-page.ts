import {gateText} from '../../core/rollout/gate.ts'
import {printableDeep} from '../../core/base/printable.ts'
import type {Talk} from '../../core/plan/talks.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {actionText, costOf, costText, excuseText, optimalText, stateText} from '../plan/words.ts'
import {counted} from '../text/count.ts'
import {type PageParts, pageDocument} from './document.ts'
import {html, jsonBlock, type Markup, type Piece} from './html.ts'
import {type Change, changesOf} from './instants.ts'
import {planPicture} from './picture.ts'
import {planTable} from './table.ts'
import {talkSaid} from './talks.ts'
import {planWaves} from './waves.ts'

/** With more steps than this, waves open on demand: nobody reads a picture of a thousand cards. */
export const MOST_PICTURED = 300

/** What a page may show beyond the plan itself. */
export interface PlanExtras {
  /** What services say to each other meanwhile. */
  readonly talks?: readonly Talk[]
  /** A panel that is filled while the page is open; with it, the page may talk to where it came from. */
  readonly live?: Markup
}

/** The plan as one file for a browser: the picture, every step's reasons, what is live at each instant, and a table. */
export function planPage(given: Plan, parts: PageParts, {talks = [], live}: PlanExtras = {}): string {
  const plan = printableDeep(given)
  const title = `Plan for ${plan.system}, ${plan.environment}`
  const body = plan.steps.length === 0 ? nothing(plan) : whole(plan, printableDeep(talks))
  return pageDocument(title, html`${head(plan)}${live ?? []}${body}${foot(plan)}`, parts, live !== undefined)
}

function head(plan: Plan): Markup {
  const gates = plan.steps.reduce((count, step) => count + step.gates.length, 0)
  const oneWay = plan.steps.filter(step => !step.reversible).length
  return html`<header class="top"><p class="over">Plan</p>
<h1>${plan.system} <span class="faint">·</span> ${plan.environment}</h1>
<p class="lead">${plan.steps.length > 0 && html`<strong>${costText(plan)}</strong>, ${optimalText(plan)}. `}${gates > 0 && html`<span class="badge is-gate">${counted(gates, 'gate')}</span> `}${oneWay > 0 && html`<span class="badge is-one-way">${counted(oneWay, 'step')} with no way back</span>`}</p>
</header>
`
}

function nothing(plan: Plan): Markup {
  return html`<main><p class="empty">Nothing to do: everything is where it should be.</p>${excused(plan)}</main>`
}

function whole(plan: Plan, talks: readonly Talk[]): Markup {
  const isPictured = plan.steps.length <= MOST_PICTURED
  const {waves} = costOf(plan)
  const changes = changesOf(plan)
  return html`<div class="tools" hidden>
<label class="find"><span class="unseen">Find a service</span><input type="search" id="find" placeholder="Find a service" autocomplete="off" spellcheck="false"></label>
<output id="found" for="find"></output>
<label class="time"><span>Time</span><input type="range" id="instant" min="0" max="${2 * waves}" value="0" step="1"></label>
<output id="now" for="instant">Before the first wave</output>
</div>
<main>
<div class="stage"><div class="left"><section class="canvas" id="canvas" aria-label="The steps by wave">${isPictured ? planPicture(plan) : planWaves(plan)}</section>
<section aria-labelledby="live-title" class="live"><h2 id="live-title">What is live <span class="faint" id="live-when">before the first wave</span></h2>
<ul class="services">${[...changes].map(service)}</ul>${talks.length > 0 && TALKING}</section></div>
<aside id="aside" aria-label="The chosen step"><div id="about" aria-live="polite">${legend(isPictured)}</div></aside></div>
<section aria-labelledby="steps-title"><h2 id="steps-title">Every step</h2>${planTable(plan)}</section>
${excused(plan)}</main>
${jsonBlock('plan', {steps: plan.steps.map(said), changes: [...changes], talks: talks.map(talkSaid)})}
`
}

/** Who talks to whom while something moves; filled by the script. */
const TALKING = html`<h3 class="talks-title">Who works with whom <span class="faint" id="talks-when"></span></h3>
<div class="table"><table class="talks"><thead><tr><th scope="col">Contract</th><th scope="col">Client asks for</th><th scope="col">Server offers</th></tr></thead><tbody id="talks"></tbody></table></div>`

function legend(isPictured: boolean): Markup {
  const how = isPictured
    ? 'Waves go from left to right. A line leads from a step to the steps that wait for it; what is not tied by lines may go at the same time.'
    : 'Waves go from top to bottom, and open to show their steps. What a chosen step waits for is marked in all of them.'
  return html`<h2>How to read this</h2>
<p>${how}</p>
<ul class="legend"><li><span class="swatch is-gate"></span>a gate has to be met before it starts</li>
<li><span class="swatch is-one-way"></span>no way back once it is done</li>
<li><span class="swatch is-before"></span>has to go before the chosen step</li>
<li><span class="swatch is-later"></span>waits for the chosen step</li></ul>
<p class="keys faint">Choose a step for its reasons: click, or move with <kbd>←</kbd> <kbd>↑</kbd> <kbd>↓</kbd> <kbd>→</kbd>, <kbd>Enter</kbd> to choose, <kbd>Esc</kbd> to let go. <kbd>/</kbd> finds a service.</p>`
}

function service([name, changes]: readonly [string, readonly Change[]]): Markup {
  return html`<li data-service="${name}"><span class="name">${name}</span> <span class="states"><span class="state">${changes[0]?.live[0] ?? ''}</span></span></li>
`
}

function excused({excused = []}: Plan): Piece {
  if (excused.length === 0) return []
  return html`<section aria-labelledby="excused-title"><h2 id="excused-title">Excused, and not checked</h2><ul class="excused">${excused.map(excuse => html`<li>${excuseText(excuse)}</li>`)}</ul></section>`
}

function foot(plan: Plan): Markup {
  return html`<footer class="faint">Safe at every instant and in every interleaving. Fits <code>${plan.fingerprint}</code></footer>`
}

/** A step in the words that the page shows. */
function said(step: Step): unknown {
  return {
    id: step.id,
    service: step.service,
    wave: step.wave,
    from: stateText(step.from),
    to: stateText(step.to),
    does: actionText(step),
    after: step.after,
    gates: step.gates.map(gateText),
    reversible: step.reversible,
    reasons: step.reasons.map(({contract, text}) => ({contract, text})),
  }
}
