import type {Plan, Step, StepId} from '../../core/plan/plan.ts'
import {spread} from './spread.ts'

/** A place on the picture, in pixels from its top left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where the card of a step stands. */
export interface Card extends Point {
  readonly step: Step
  /** The number of the step in the plan. */
  readonly index: number
}

/** From a step to one that waits for it, past the cards of the waves between them. */
export interface Arrow {
  readonly from: number
  readonly to: number
  /** The right of the first card, the left and right end of a lane in each wave between, the left of the last card. */
  readonly points: readonly Point[]
}

/** The picture of a plan: waves are columns from left to right. */
export interface Layout {
  /** By wave, then from top to bottom. */
  readonly cards: readonly Card[]
  readonly arrows: readonly Arrow[]
  readonly card: {readonly width: number; readonly height: number}
  readonly width: number
  readonly height: number
  /** The left end of each wave's column. */
  readonly columns: readonly number[]
}

/** Cards with two lines as long as a column of them fits a screen or two; lines only beyond that. */
const ROOMY = {width: 208, height: 56, gap: 16, between: 46}
const DENSE = {width: 248, height: 28, gap: 7, between: 110}
const MOST_ROOMY = 18
const LANE = 6
const SWEEPS = 12

/** A card, or the lane of an arrow through a wave that it passes. */
interface Node {
  readonly wave: number
  readonly index: number | undefined
  readonly height: number
  readonly left: Node[]
  readonly right: Node[]
  /** The middle. */
  y: number
}

/**
 * Layers are the plan's own waves. An arrow over several waves gets a lane in each of those between, one for all arrows
 * of the same step. The order in a column follows the middle of what it is tied to (the barycenter), swept to and fro;
 * heights follow the same way, and nothing overlaps.
 */
export function layoutOf({steps}: Plan): Layout {
  const waves = Math.max(0, ...steps.map(({wave}) => wave))
  const tallest = Math.max(0, ...Array.from({length: waves}, (_, at) => steps.filter(s => s.wave === at + 1).length))
  const size = tallest > MOST_ROOMY ? DENSE : ROOMY
  const nodes = steps.map((step, index): Node => node(step.wave, index, size.height))
  const {lanes, arrows} = lanesOf(steps, nodes)
  const columns = Array.from({length: waves}, (_, at) => [...nodes, ...lanes].filter(({wave}) => wave === at + 1))
  arrange(columns, size.gap)
  const lefts = columns.map((_, at) => at * (size.width + size.between))
  const xOf = ({wave}: Node) => lefts[wave - 1] ?? 0
  return {
    cards: columns.flat().flatMap(({index, y, wave}) => {
      const step = index === undefined ? undefined : steps[index]
      return step && index !== undefined ? [{step, index, x: lefts[wave - 1] ?? 0, y: y - size.height / 2}] : []
    }),
    arrows: arrows.map(({from, to, path}) => ({from, to, points: pointsOf(path, xOf, size.width)})),
    card: size,
    width: Math.max(0, waves * (size.width + size.between) - size.between),
    height: Math.max(0, ...columns.flat().map(({y, height}) => y + height / 2)),
    columns: lefts,
  }
}

function node(wave: number, index: number | undefined, height: number): Node {
  return {wave, index, height, left: [], right: [], y: 0}
}

/** An arrow by the nodes it goes through. */
interface Path {
  readonly from: number
  readonly to: number
  readonly path: readonly Node[]
}

function lanesOf(steps: readonly Step[], nodes: readonly Node[]): {lanes: readonly Node[]; arrows: readonly Path[]} {
  const known = new Map<StepId, number>(steps.map(({id}, index) => [id, index]))
  const trunks = nodes.map(first => [first])
  const arrows = steps.flatMap((step, to) =>
    step.after.flatMap(id => {
      const from = known.get(id)
      const last = nodes[to]
      const trunk = from === undefined ? undefined : trunks[from]
      const first = trunk?.[0]
      if (from === undefined || !trunk || !first || !last || first.wave >= last.wave) return []
      const span = last.wave - first.wave
      while (trunk.length < span) trunk.push(joined(trunk.at(-1), node(first.wave + trunk.length, undefined, LANE)))
      joined(trunk[span - 1], last)
      return [{from, to, path: [...trunk.slice(0, span), last]}]
    }),
  )
  return {lanes: trunks.flatMap(trunk => trunk.slice(1)), arrows}
}

function joined(left: Node | undefined, right: Node): Node {
  left?.right.push(right)
  if (left) right.left.push(left)
  return right
}

function arrange(columns: readonly Node[][], gap: number): void {
  for (const column of columns) column.forEach((node, at) => (node.y = at / column.length))
  sweep(columns, (column, side) => {
    const middle = new Map(column.map(node => [node, middleOf(node, side)]))
    column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0))
    column.forEach((node, at) => (node.y = (at + 0.5) / column.length))
  })
  const tallest = Math.max(0, ...columns.map(column => column.reduce((sum, {height}) => sum + height + gap, 0)))
  for (const node of columns.flat()) node.y *= tallest
  sweep(columns, (column, side) => {
    const wanted = column.map(node => middleOf(node, side))
    spread(
      wanted,
      column.map(({height}) => height),
      gap,
    ).forEach((y, at) => {
      const node = column[at]
      if (node) node.y = y
    })
  })
  const top = Math.min(...columns.flat().map(({y, height}) => y - height / 2))
  for (const node of columns.flat()) node.y -= top
}

function sweep(columns: readonly Node[][], place: (column: Node[], side: 'left' | 'right') => void): void {
  for (let round = 0; round < SWEEPS; round++) {
    for (const column of columns) place(column, 'left')
    for (const column of columns.toReversed()) place(column, 'right')
  }
}

/** The middle of what it is tied to on one side; where that is nothing, it stays. */
function middleOf(node: Node, side: 'left' | 'right'): number {
  const others = node[side]
  return others.length === 0 ? node.y : others.reduce((sum, {y}) => sum + y, 0) / others.length
}

function pointsOf(path: readonly Node[], xOf: (node: Node) => number, width: number): readonly Point[] {
  return path.flatMap((node, at) => {
    const left = {x: xOf(node), y: node.y}
    const right = {x: xOf(node) + width, y: node.y}
    return at === 0 ? [right] : at === path.length - 1 ? [left] : [left, right]
  })
}
