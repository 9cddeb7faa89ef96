import {gateText} from '../../core/rollout/gate.ts'
import {printableDeep} from '../../core/base/printable.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {paintOf, type Look, type Paint} from '../look.ts'
import {padded, widest, widthOf, wrapped} from '../text/width.ts'
import {actionText, costText, excuseText, optimalText, stateText, wavesOf} from './words.ts'

/** Notes of a step go beside it where this much room is left for them, and below it elsewhere. */
const ROOM_FOR_NOTES = 60
/** More reasons than this are counted, not shown; `--json` has them all. */
const MOST_REASONS = 5

/**
 * The plan as people look at it all day: waves, and in each its steps, from where to where, after which, behind which
 * gates and why.
 *
 * ```
 * 2 ┬ accounts-1  1.4.0 → 2.0.0  deploy  after billing-1
 *   │                                    · billing 2.0.0:v2 calls accounts-api ^2, and …
 *   └ worker-1    1.0.0 → 1.1.0  deploy
 * ```
 */
export function planTree(given: Plan, look: Look): string {
  const plan = printableDeep(given)
  const paint = paintOf(look)
  const title = `${paint.strong(plan.system)} ${paint.faint('·')} ${paint.strong(plan.environment)}`
  const excused = excusedLines(plan, look)
  if (plan.steps.length === 0)
    return [title, 'nothing to do: everything is where it should be', ...excused, ''].join('\n')
  const grid = gridOf(plan, look)
  const waves = wavesOf(plan).flatMap((steps, index) => waveLines(steps, index + 1, grid, paint))
  return [...headLines(title, `${costText(plan)}, ${optimalText(plan)}`, look), '', ...waves, ...excused].join('\n')
}

/** What the plan is of and what it costs, on one line where that fits. */
function headLines(title: string, cost: string, look: Look): readonly string[] {
  const line = `${title}  ${cost}`
  return widthOf(line) <= look.columns ? [line] : [title, ...wrapped(cost, look.columns)]
}

/** Widths that every row keeps to. */
interface Grid {
  readonly columns: number
  readonly wave: number
  readonly id: number
  readonly from: number
  readonly to: number
  readonly action: number
  /** Where notes start when they stand beside the step; undefined where they stand below. */
  readonly notes: number | undefined
  /** Whether a step's row fits a line at all; else its states go to a line of their own. */
  readonly isNarrow: boolean
}

function gridOf(plan: Plan, look: Look): Grid {
  const {steps} = plan
  const wave = String(steps.at(-1)?.wave ?? 1).length
  const id = widest(steps.map(step => step.id))
  const from = widest(steps.map(step => stateText(step.from)))
  const to = widest(steps.map(step => stateText(step.to)))
  const action = widest(steps.map(actionText))
  const row = wave + 3 + id + 2 + from + 3 + to + 2 + action
  const hasRoom = look.columns - (row + 2) >= ROOM_FOR_NOTES
  return {
    columns: look.columns,
    wave,
    id,
    from,
    to,
    action,
    notes: hasRoom ? row + 2 : undefined,
    isNarrow: row > look.columns,
  }
}

function waveLines(steps: readonly Step[], wave: number, grid: Grid, paint: Paint): readonly string[] {
  const lines = steps.flatMap((step, index) => {
    const isFirst = index === 0
    const isLast = index === steps.length - 1
    const number = isFirst ? String(wave) : ''
    const knot = steps.length === 1 ? '─' : isFirst ? '┬' : isLast ? '└' : '├'
    const head = `${paint.strong(number.padStart(grid.wave))} ${paint.faint(knot)} `
    const below = `${' '.repeat(grid.wave)} ${paint.faint(isLast ? ' ' : '│')} `
    return stepLines(step, head, below, grid, paint)
  })
  return [...lines, '']
}

function stepLines(step: Step, head: string, below: string, grid: Grid, paint: Paint): readonly string[] {
  const name = padded(idText(step, paint), grid.id)
  const way = wayText(step, grid, paint)
  const rows = grid.isNarrow ? [head + name, `${below}  ${way}`] : [`${head}${name}  ${way}`]
  const notes = notesOf(step)
  if (grid.notes === undefined) return [...rows, ...notesBelow(notes, below, grid, paint)].map(line => line.trimEnd())
  return beside(`${rows[0]}  `, below, notesIn(notes, grid.columns - grid.notes, paint), grid.notes)
}

/** The id, which commands ask for, with the service standing out in it. */
function idText(step: Step, paint: Paint): string {
  const number = step.id.startsWith(step.service) ? step.id.slice(step.service.length) : ` ${step.id}`
  return paint.name(step.service) + paint.faint(number)
}

/** `1.4.0 → 2.0.0  deploy`, in columns. */
function wayText(step: Step, grid: Grid, paint: Paint): string {
  const from = ' '.repeat(grid.from - widthOf(stateText(step.from))) + paint.faint(stateText(step.from))
  const to = padded(paint.next(stateText(step.to)), grid.to)
  const action = padded(step.action === 'switch' ? paint.strong('switch') : actionText(step), grid.action)
  return `${from} ${paint.faint('→')} ${to}  ${action}`
}

/** One remark about a step, and how loud it is. */
interface Note {
  readonly text: string
  readonly tone: 'faint' | 'warn' | 'bad'
  readonly mark: string
}

/** What it waits for first, since that is what people ask; then gates and warnings, then the reasons. */
function notesOf(step: Step): readonly Note[] {
  const after =
    step.after.length === 0 ? [] : [{text: `after ${step.after.join(', ')}`, tone: 'faint', mark: ''} as const]
  const gates = step.gates.map(gate => ({text: `gate: ${gateText(gate)}`, tone: 'warn', mark: '◆ '}) as const)
  const oneWay = step.reversible ? [] : [{text: 'no way back from here', tone: 'bad', mark: '! '} as const]
  const shown = step.reasons.slice(0, MOST_REASONS).map(({text}) => ({text, tone: 'faint', mark: '· '}) as const)
  const more = step.reasons.length - shown.length
  const rest = more > 0 ? [{text: `and ${more} more; --json has them all`, tone: 'faint', mark: '· '} as const] : []
  return [...after, ...gates, ...oneWay, ...shown, ...rest]
}

/** Notes as lines of at most `columns`; what is broken goes on below its own beginning. */
function notesIn(notes: readonly Note[], columns: number, paint: Paint): readonly string[] {
  return notes.flatMap(({text, tone, mark}) => {
    const hang = ' '.repeat(widthOf(mark))
    return wrapped(text, columns - hang.length).map((line, index) => paint[tone]((index === 0 ? mark : hang) + line))
  })
}

function notesBelow(notes: readonly Note[], below: string, grid: Grid, paint: Paint): readonly string[] {
  const indent = `${below}  `
  return notesIn(notes, grid.columns - widthOf(indent), paint).map(line => indent + line)
}

/** A row with its notes in a column on the right. */
function beside(row: string, below: string, notes: readonly string[], column: number): readonly string[] {
  const [first = '', ...others] = notes
  return [row + first, ...others.map(line => padded(below, column) + line)].map(line => line.trimEnd())
}

function excusedLines(plan: Plan, look: Look): readonly string[] {
  if (!plan.excused?.length) return []
  const paint = paintOf(look)
  const lines = plan.excused.flatMap(excuse =>
    notesIn([{text: excuseText(excuse), tone: 'warn', mark: '~ '}], look.columns - 2, paint),
  )
  return [paint.strong('excused, and not checked'), ...lines.map(line => `  ${line}`), '']
}
