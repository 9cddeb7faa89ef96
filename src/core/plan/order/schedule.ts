import type {Board, Walk} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {circles} from './circles.ts'
import {apartIn} from '../board/links.ts'
import {network, type Network} from './network.ts'
import {type Timetable, timetable} from './timetable.ts'

/** When fixed walks take their steps, or which pieces make that impossible. */
export type Schedule =
  | {
      readonly is: 'ordered'
      /** By step number; see Network. */
      readonly waves: Int32Array
      readonly count: number
      /** What follows from the walks alone, where that leaves nothing to choose. */
      readonly forced?: Network
      /** Whether no schedule of these walks has fewer waves. */
      readonly proven: boolean
    }
  /** Sets of pieces whose walks cannot be put in order, whatever the others do. */
  | {readonly is: 'knotted'; readonly knots: readonly (readonly number[])[]}

/**
 * Puts the steps of fixed walks in as few waves as can be. Where every wall can be passed on one side only, which is
 * nearly everywhere, that is a longest path and takes linear time. Real choices are settled by search: first anyhow,
 * circle by circle, for choices in different circles cannot spoil each other; then again under ever later deadlines
 * from the lower bound up, so that the first success is the best.
 */
export function schedule(board: Board, walks: readonly Walk[], budget: Budget): Schedule {
  const net = network(board, walks)
  const total = net.offsets[walks.length] as number
  const times = timetable(total, net.orders)
  if (!times || net.deadlocks.length > 0)
    return {is: 'knotted', knots: [...net.deadlocks, ...(times ? [] : forcedCircles(net, total))]}
  if (net.choices.length === 0)
    return {is: 'ordered', waves: times.earliest, count: times.waves(), forced: net, proven: true}
  const least = Math.max(times.waves(), crowd(board, walks, net, times))
  const knots = settleAnyhow(net, total, times, budget)
  if (knots.length > 0) return {is: 'knotted', knots}
  const first = {is: 'ordered', waves: times.earliest.slice(), count: times.waves()} as const
  times.undo(0)
  return improve(net, times, first, least, budget)
}

type Ordered = Extract<Schedule, {is: 'ordered'}>

function improve(
  net: Network,
  times: Timetable,
  first: Omit<Ordered, 'proven'>,
  least: number,
  budget: Budget,
): Ordered {
  for (let deadline = least; deadline < first.count; deadline++) {
    if (!times.within(deadline)) continue
    const outcome = settle(net.choices, times, budget)
    if (outcome === 'settled') return {is: 'ordered', waves: times.earliest.slice(), count: times.waves(), proven: true}
    times.undo(0)
    if (outcome === 'tired') return {...first, proven: false}
  }
  return {...first, proven: true}
}

/**
 * Settles all choices, whatever the number of waves; the circles in which that fails, as sets of pieces. Both ways of a
 * choice and the steps between them close a circle, so a choice always lies in one. What a circle comes to is written
 * down before the next one is looked at, which may push it back as a whole.
 */
function settleAnyhow(net: Network, total: number, times: Timetable, budget: Budget): readonly (readonly number[])[] {
  const {of} = circles(total, [...net.orders, ...net.choices])
  const inCircle = new Map<number, number[]>()
  for (let at = 0; at < net.choices.length; at += 4) {
    const circle = of[net.choices[at] as number] as number
    const choices = inCircle.get(circle) ?? []
    inCircle.set(circle, choices)
    choices.push(...net.choices.slice(at, at + 4))
  }
  times.within(Infinity)
  const knots: number[][] = []
  for (const [circle, choices] of inCircle) {
    const mark = times.mark()
    if (settle(choices, times, budget) === 'settled') {
      writeDown(choices, times)
      continue
    }
    times.undo(mark)
    knots.push(piecesWith(net, step => of[step] === circle))
  }
  return knots
}

/** Orders every choice the way the earliest waves have it. */
function writeDown(choices: readonly number[], times: Timetable): void {
  for (let at = 0; at < choices.length; at += 4) {
    const [x1, y1, x2, y2] = choices.slice(at, at + 4) as [number, number, number, number]
    if ((times.earliest[x1] as number) < (times.earliest[y1] as number)) times.order(x1, y1)
    else times.order(x2, y2)
  }
}

/** Sets of pieces whose forced orders run in a circle. */
function forcedCircles(net: Network, total: number): readonly (readonly number[])[] {
  const {of, sizes} = circles(total, net.orders)
  const pieces = new Map<number, Set<number>>()
  for (let piece = 0; piece + 1 < net.offsets.length; piece++) {
    for (let step = net.offsets[piece] as number; step < (net.offsets[piece + 1] as number); step++) {
      const circle = of[step] as number
      if ((sizes[circle] as number) < 2) continue
      const members = pieces.get(circle) ?? new Set()
      pieces.set(circle, members)
      members.add(piece)
    }
  }
  return [...pieces.values()].map(members => [...members])
}

function piecesWith(net: Network, has: (step: number) => boolean): number[] {
  const found: number[] = []
  for (let piece = 0; piece + 1 < net.offsets.length; piece++) {
    for (let step = net.offsets[piece] as number; step < (net.offsets[piece + 1] as number); step++) {
      if (!has(step)) continue
      found.push(piece)
      break
    }
  }
  return found
}

/**
 * Depth first: the next choice that the earliest waves break is settled one way, then the other. Choices they keep by
 * themselves are left alone, so most are never looked at twice.
 */
function settle(choices: readonly number[], times: Timetable, budget: Budget): 'settled' | 'impossible' | 'tired' {
  const decided: {mark: number; other: readonly [number, number] | undefined; cursor: number}[] = []
  const {earliest, latest} = times
  const count = choices.length / 4
  const may = (x: number, y: number): boolean => (earliest[x] as number) < (latest[y] as number)
  const goBack = (): number | undefined => {
    for (let last = decided.pop(); last; last = decided.pop()) {
      times.undo(last.mark)
      if (!last.other) continue
      decided.push({mark: last.mark, other: undefined, cursor: last.cursor})
      if (times.order(...last.other)) return last.cursor
    }
    return undefined
  }
  let cursor: number | undefined = 0
  for (let tried = 0; ; tried++) {
    const choice = broken(choices, count, earliest, cursor)
    if (choice < 0) return 'settled'
    if (tried > count * 4 + TRIES || budget.spent()) return 'tired'
    const options = inOrder(choices, choice, earliest).filter(([x, y]) => may(x, y))
    const [first, other] = options
    if (first) {
      decided.push({mark: times.mark(), other, cursor: choice})
      cursor = times.order(...first) ? choice : goBack()
    } else {
      cursor = goBack()
    }
    if (cursor === undefined) return 'impossible'
  }
}

/** How many choices one search may make, beside a few for each there is, before it is called tired. */
const TRIES = 10_000

/** The first choice from `cursor` on, and round again, that the earliest waves break; -1 where there is none. */
function broken(choices: readonly number[], count: number, earliest: Int32Array, cursor: number): number {
  for (let tried = 0, choice = cursor; tried < count; tried++, choice = choice + 1 === count ? 0 : choice + 1) {
    const at = choice * 4
    const keeps = (x: number, y: number): boolean =>
      (earliest[choices[at + x] as number] as number) < (earliest[choices[at + y] as number] as number)
    if (!keeps(0, 1) && !keeps(2, 3)) return choice
  }
  return -1
}

/** Both ways of a choice, the one first that pushes its step back less. */
function inOrder(
  choices: readonly number[],
  choice: number,
  earliest: Int32Array,
): readonly (readonly [number, number])[] {
  const [x1, y1, x2, y2] = choices.slice(choice * 4, choice * 4 + 4) as [number, number, number, number]
  const push = (x: number, y: number): number => (earliest[x] as number) + 1 - (earliest[y] as number)
  const [one, other] = [[x1, y1] as const, [x2, y2] as const]
  return push(x1, y1) <= push(x2, y2) ? [one, other] : [other, one]
}

/**
 * Pieces that all keep apart take at least as many waves as they have steps together, and the least that must go
 * before and after them.
 */
function crowd(board: Board, walks: readonly Walk[], net: Network, times: Timetable): number {
  const apart = apartIn(board.links, board.pieces.length)
  let most = 0
  times.within(times.waves())
  const seen = new Set<number>()
  for (const [piece, others] of apart.entries()) {
    if (others.size === 0 || seen.has(piece)) continue
    const members = [piece]
    for (const other of others) if (members.every(member => apart[member]?.has(other))) members.push(other)
    for (const member of members) seen.add(member)
    most = Math.max(most, crowdOf(members, walks, net, times))
  }
  return most
}

function crowdOf(members: readonly number[], walks: readonly Walk[], net: Network, times: Timetable): number {
  const moving = members.filter(member => (walks[member] as Walk).length > 1)
  if (moving.length === 0) return 0
  const steps = moving.reduce((sum, member) => sum + (walks[member] as Walk).length - 1, 0)
  const before = Math.min(...moving.map(member => (times.earliest[net.offsets[member] as number] as number) - 1))
  const behind = Math.min(
    ...moving.map(member => times.waves() - (times.latest[(net.offsets[member + 1] as number) - 1] as number)),
  )
  return before + steps + behind
}
