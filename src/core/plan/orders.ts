import type {ContractName, MaybeState, ServiceName} from '../graph/system.ts'
import {type Board, clash, type Link, type Piece, type Walk} from './board.ts'
import {eachWall, offsetsOf} from './network.ts'

/** One step of one service, counted from 1. */
export interface StepOf {
  readonly service: ServiceName
  readonly step: number
}

/** One step must be done before another starts, and why. */
export interface Order {
  readonly before: StepOf
  readonly then: StepOf
  readonly why: Why
}

export type Why =
  /** The state that the first leaves clashes with the state that the other comes to. */
  | {readonly is: 'clash'; readonly left: MaybeState; readonly entered: MaybeState; readonly calls: readonly Called[]}
  /** One of the two is to move only while the other is where the plan leaves it. */
  | {readonly is: 'after'}
  | {readonly is: 'apart'}

/** A contract that may be what clashes, and whether the client is the service that goes first. */
export interface Called {
  readonly contract: ContractName
  readonly byFirst: boolean
}

/**
 * The orders that make any schedule of these walks safe: for each wall, the side on which these waves pass it. An
 * order is left out where one for an earlier step of the same service says as much. Among services that keep apart,
 * each step follows the one before it; the rest follows from that.
 */
export function ordersOf(board: Board, walks: readonly Walk[], waves: Int32Array): readonly Order[] {
  const offsets = offsetsOf(walks)
  const waveOf = (piece: number, step: number): number =>
    step === 0
      ? 0
      : step < (walks[piece] as Walk).length
        ? (waves[(offsets[piece] as number) + step - 1] as number)
        : Infinity
  const orders: Order[] = []
  for (const link of board.links) {
    const needsA = new Array<number>((walks[link.a] as Walk).length).fill(0)
    const needsB = new Array<number>((walks[link.b] as Walk).length).fill(0)
    const hold = (piece: number, step: number, other: number, otherStep: number): void => {
      if (!(waveOf(piece, step) < waveOf(other, otherStep))) return
      const needs = other === link.a ? needsA : needsB
      needs[otherStep] = Math.max(needs[otherStep] as number, step)
    }
    eachWall(board, link, walks, (piece, step, other, otherStep, elseOtherStep, elseStep) => {
      if (link.apart && step === elseStep && otherStep === elseOtherStep) return
      hold(piece, step, other, otherStep)
      hold(other, elseOtherStep, piece, elseStep)
    })
    add(board, link, walks, link.a, link.b, needsB, orders)
    add(board, link, walks, link.b, link.a, needsA, orders)
  }
  for (const order of queues(board, walks, waveOf)) orders.push(order)
  return orders
}

/** The orders of one piece before another: for each step of the other, the step that must be done, unless said already. */
function add(
  board: Board,
  link: Link,
  walks: readonly Walk[],
  piece: number,
  other: number,
  needs: readonly number[],
  orders: Order[],
): void {
  const [own, theirs] = [board.pieces[piece] as Piece, board.pieces[other] as Piece]
  const calls = link.calls.map(({contract, fromA}) => ({contract, byFirst: fromA === (link.a === piece)}))
  let said = 0
  for (let otherStep = 1; otherStep < needs.length; otherStep++) {
    const step = needs[otherStep] as number
    if (step <= said) continue
    said = step
    const [left, entered] = [walks[piece]?.[step - 1] as number, walks[other]?.[otherStep] as number]
    const why: Why = clash(board, link, piece, left, entered)
      ? {is: 'clash', left: own.states[left] as MaybeState, entered: theirs.states[entered] as MaybeState, calls}
      : {is: 'after'}
    orders.push({before: {service: own.name, step}, then: {service: theirs.name, step: otherStep}, why})
  }
}

/** Each set of pieces that all keep apart, as a queue of their steps. Sets share pairs, never the same step twice in a row. */
function queues(
  board: Board,
  walks: readonly Walk[],
  waveOf: (piece: number, step: number) => number,
): readonly Order[] {
  const apart = board.pieces.map(() => new Set<number>())
  for (const link of board.links) {
    if (!link.apart) continue
    apart[link.a]?.add(link.b)
    apart[link.b]?.add(link.a)
  }
  const covered = new Set<string>()
  const orders = new Map<string, Order>()
  for (const [piece, others] of apart.entries()) {
    for (const other of others) {
      if (other < piece || covered.has(`${piece} ${other}`)) continue
      const members = [piece, other]
      for (const more of others) if (members.every(member => apart[member]?.has(more))) members.push(more)
      for (const a of members) for (const b of members) covered.add(`${a} ${b}`)
      for (const order of queueOf(board, members, walks, waveOf)) {
        orders.set(JSON.stringify([order.before, order.then]), order)
      }
    }
  }
  return [...orders.values()]
}

function queueOf(
  board: Board,
  members: readonly number[],
  walks: readonly Walk[],
  waveOf: (piece: number, step: number) => number,
): readonly Order[] {
  const steps = members
    .flatMap(piece => (walks[piece] as Walk).slice(1).map((_, index) => ({piece, step: index + 1})))
    .sort((a, b) => waveOf(a.piece, a.step) - waveOf(b.piece, b.step))
  return steps.slice(1).flatMap((then, index): Order[] => {
    const before = steps[index] as {piece: number; step: number}
    if (before.piece === then.piece) return []
    const name = (piece: number): ServiceName => (board.pieces[piece] as Piece).name
    return [
      {
        before: {service: name(before.piece), step: before.step},
        then: {service: name(then.piece), step: then.step},
        why: {is: 'apart'},
      },
    ]
  })
}
