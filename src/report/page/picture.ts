import {gateText} from '../../core/rollout/gate.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {actionText, stateText} from '../plan/words.ts'
import {counted} from '../text/count.ts'
import {widthOf} from '../text/width.ts'
import {html, type Markup, raw} from './html.ts'
import {type Arrow, type Card, type Layout, layoutOf, type Point} from './layout.ts'

/** Above the columns, for their titles, and around everything. */
const HEAD = 52
const EDGE = 14

/** The plan as a picture: a column a wave, a card a step, a line from each step to those that wait for it. */
export function planPicture(plan: Plan): Markup {
  const layout = layoutOf(plan)
  const width = Math.round(layout.width + 2 * EDGE)
  const height = Math.round(layout.height + HEAD + EDGE)
  const box = `${-EDGE} ${-HEAD} ${width} ${height}`
  return html`<svg class="picture" role="group" aria-label="Steps by wave" width="${width}" height="${height}" viewBox="${box}">
<defs><clipPath id="card-edge"><rect width="${layout.card.width - 10}" height="${layout.card.height}"/></clipPath></defs>
${layout.columns.map((x, index) => column(plan, layout, x, index + 1))}
<g class="arrows" aria-hidden="true">${layout.arrows.map(arrow)}</g>
${layout.cards.map(card => stepCard(card, layout))}
</svg>`
}

function column(plan: Plan, {card, height}: Layout, x: number, wave: number): Markup {
  const steps = plan.steps.filter(step => step.wave === wave).length
  return html`<g class="column" aria-hidden="true"><rect x="${x - 10}" y="${-HEAD + 4}" width="${card.width + 20}" height="${Math.round(height + HEAD + 8)}" rx="12"/>
<text class="column-title" x="${x}" y="-26">Wave ${wave}</text><text class="column-count" x="${x + card.width}" y="-26">${counted(steps, 'step')}</text></g>
`
}

function arrow({from, to, points}: Arrow): Markup {
  return html`<path data-from="${from}" data-to="${to}" d="${raw(curve(points))}"/>`
}

/** Bends between waves, straight lines through them, and a head at the end. */
function curve([first, ...others]: readonly Point[]): string {
  if (!first) return ''
  let last = first
  const parts = others.map((point, index) => {
    const middle = round((last.x + point.x) / 2)
    const isBend = index % 2 === 0
    last = point
    return isBend
      ? `C${middle} ${round(previousY(others, index, first))} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`
      : `H${round(point.x)}`
  })
  return `M${round(first.x)} ${round(first.y)}${parts.join('')}m-5-4l5 4l-5 4`
}

function previousY(others: readonly Point[], index: number, first: Point): number {
  return (others[index - 1] ?? first).y
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function stepCard({step, index, x, y}: Card, {card}: Layout): Markup {
  const isDense = card.height < 40
  return html`<g class="step ${marksOf(step)}" data-step="${index}" data-wave="${step.wave}" tabindex="-1" role="button" aria-label="${stepLabel(step)}" transform="translate(${x} ${round(y)})">
<title>${stepLabel(step)}</title><rect class="card" width="${card.width}" height="${card.height}" rx="8"/>${marks(step, card.width)}<g clip-path="url(#card-edge)">${isDense ? oneLine(step, card.width) : twoLines(step, card.width)}</g></g>
`
}

function twoLines(step: Step, width: number): Markup {
  const action = actionText(step)
  return html`<text class="service" x="14" y="23">${shortened(step.service, 21)}</text><text class="way" x="14" y="43">${wayOf(step, 24)}</text>${action !== 'deploy' && html`<text class="action" x="${width - 12}" y="43">${action}</text>`}`
}

function oneLine(step: Step, width: number): Markup {
  const marked = 12 + (step.gates.length > 0 ? 16 : 0) + (step.reversible ? 0 : 18)
  return html`<text class="service" x="12" y="19">${shortened(step.service, 18)}</text><text class="way is-end" x="${width - marked}" y="19">→ <tspan class="to">${shortened(stateText(step.to), 13)}</tspan></text>`
}

function wayOf(step: Step, columns: number): Markup {
  const to = shortened(stateText(step.to), columns - 10)
  const from = shortened(stateText(step.from), columns - 3 - widthOf(to))
  return html`${from} → <tspan class="to">${to}</tspan>`
}

/** A diamond for a gate and a barred turn for no way back, so that colour is not all that tells. */
function marks(step: Step, width: number): Markup {
  const gate = html`<path class="mark is-gate" d="M${width - 16} 8l6 6l-6 6l-6-6z"/>`
  const x = width - (step.gates.length > 0 ? 34 : 16)
  const oneWay = html`<g class="mark is-one-way"><circle cx="${x}" cy="14" r="6.5"/><path d="M${x} 10.5v4.4M${x} 16.9v.6"/></g>`
  return html`${step.gates.length > 0 && gate}${!step.reversible && oneWay}`
}

/** Classes for what deserves a look. */
export function marksOf(step: Step): string {
  return [step.gates.length > 0 ? 'has-gate' : '', step.reversible ? '' : 'is-one-way'].filter(Boolean).join(' ')
}

/** Everything the card shows, as a sentence. */
export function stepLabel(step: Step): string {
  const way = `${step.service}: ${actionText(step)} ${stateText(step.from)} → ${stateText(step.to)}`
  const gates = step.gates.map(gate => `gate: ${gateText(gate)}`)
  return [way, `wave ${step.wave}`, ...gates, ...(step.reversible ? [] : ['no way back'])].join(', ')
}

/** Cut to so many columns; the whole is in the title. */
function shortened(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let cut = ''
  for (const char of text) {
    if (widthOf(cut + char) >= columns) break
    cut += char
  }
  return `${cut}…`
}
