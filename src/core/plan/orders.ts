import type {MaybeState, ServiceName} from '../graph/system.ts'
import {type Board, type CallOn, clash, type Link, type Piece, type Walk} from './board.ts'
import type {StepId} from './plan.ts'
import {eachWall, type Need, needsFor, type Network, offsetsOf, OWN, type Wall} from './network.ts'
import type {Schedule} from './schedule.ts'

/** The way one service takes, and what each step of it waits for. Steps count from 1: step k leads to the kth state. */
export interface Course {
  readonly service: ServiceName
  /** From the first to the last. */
  readonly states: readonly MaybeState[]
  /** By step, what it is called; nothing for the place before the first. */
  readonly ids: readonly StepId[]
  /** By step; 0 before the first. */
  readonly waves: readonly number[]
  /** By step. */
  readonly waits: readonly (readonly Wait[])[]
}

/** A step of another course has to be done before, and why. */
export type Wait = {readonly before: Course; readonly step: number} & Why

export type Why =
  /** The state that it leaves clashes with the state that the waiting step comes to, on one of these calls. */
  | {
      readonly is: 'clash'
      readonly calls: readonly CallOn[] /** Whether it is `a` of the calls. */
      readonly isA: boolean
    }
  /** One of the two is to move only while the other is where the plan leaves it. */
  | {readonly is: 'after'}
  | {readonly is: 'apart'}

/** A course that is still being written. */
interface Draft extends Course {
  readonly waves: number[]
  readonly waits: Wait[][]
}

/**
 * The courses of all who move, by their place on the board, with the waits that make any schedule of them safe: for each
 * wall, the side on which these waves pass it. A wait is left out where one of an earlier step of the same service says
 * as much. Among services that keep apart, each step waits for the one before it; the rest follows from that. The waves
 * of a course are the layers that follow from its waits.
 */
export function coursesOf(board: Board, walks: readonly Walk[], {waves, forced}: Ordered): readonly Course[] {
  const offsets = offsetsOf(walks)
  const drafts = walks.map((walk, piece): Draft => {
    const {name, states} = board.pieces[piece] as Piece
    return {
      service: name,
      states: walk.map(state => states[state] as MaybeState),
      ids: walk.map((_, step) => (step === 0 ? '' : `${name}-${step}`)),
      waves: walk.map((_, step) => (step === 0 ? 0 : (waves[(offsets[piece] as number) + step - 1] as number))),
      waits: walk.map(() => []),
    }
  })
  const line = inLine(drafts)
  if (forced) addForced(board, walks, drafts, forced)
  else addWaits(board, walks, drafts)
  addQueues(board, drafts)
  for (const {draft, step} of line) draft.waves[step] = layerOf(draft, step)
  return drafts.filter(({states}) => states.length > 1)
}

type Ordered = Extract<Schedule, {is: 'ordered'}>

interface StepOf {
  readonly draft: Draft
  readonly step: number
}

/** All steps, by wave. */
function inLine(drafts: readonly Draft[]): readonly StepOf[] {
  const layers: StepOf[][] = []
  for (const draft of drafts) {
    for (let step = 1; step < draft.waves.length; step++)
      (layers[draft.waves[step] as number] ??= []).push({draft, step})
  }
  return layers.flat()
}

/** The first wave that a step may be in, once those of all earlier steps are known. */
function layerOf({waves, waits}: Draft, step: number): number {
  let last = waves[step - 1] as number
  const own = waits[step] as readonly Wait[]
  for (let each = 0; each < own.length; each++) {
    const {before, step: other} = own[each] as Wait
    last = Math.max(last, before.waves[other] as number)
  }
  return last + 1
}

/** The waits where the walks leave no other: they have been found out already. */
function addForced(board: Board, walks: readonly Walk[], drafts: readonly Draft[], net: Network): void {
  const {offsets, orders, links} = net
  for (let pair = 0; pair < links.length; pair++) {
    if (links[pair] === OWN) continue
    const link = board.links[links[pair] as number] as Link
    const before = orders[2 * pair] as number
    const isA = before >= (offsets[link.a] as number) && before < (offsets[link.a + 1] as number)
    const piece = isA ? link.a : link.b
    const other = isA ? link.b : link.a
    const step = before - (offsets[piece] as number) + 1
    const otherStep = (orders[2 * pair + 1] as number) - (offsets[other] as number) + 1
    drafts[other]?.waits[otherStep]?.push(waitFor(board, walks, link, drafts[piece] as Draft, isA, step, otherStep))
  }
}

/** The waits between the pieces of each link, by the side on which the waves pass each wall. */
function addWaits(board: Board, walks: readonly Walk[], drafts: readonly Draft[]): void {
  const needs = needsFor(walks)
  const hold = (piece: number, step: number, other: number, otherStep: number): void => {
    const own = (drafts[piece] as Draft).waves
    // Step 0 is before everything, and the step after the last never comes.
    if (step >= own.length) return
    if ((own[step] as number) < ((drafts[other] as Draft).waves[otherStep] ?? Infinity))
      needs.add(piece, step, otherStep)
  }
  let link: Link
  const wall: Wall = (piece, step, other, otherStep, elseOtherStep, elseStep) => {
    if (link.apart && step === elseStep && otherStep === elseOtherStep) return
    hold(piece, step, other, otherStep)
    hold(other, elseOtherStep, piece, elseStep)
  }
  const wait: Need = (piece, step, other, otherStep) => {
    const before = drafts[piece] as Draft
    drafts[other]?.waits[otherStep]?.push(waitFor(board, walks, link, before, link.a === piece, step, otherStep))
  }
  for (let each = 0; each < board.links.length; each++) {
    link = board.links[each] as Link
    needs.of(link)
    eachWall(board, link, walks, wall)
    needs.each(wait)
  }
}

/** Why a step at the far end of a link waits for a step of `before`, which is at its `a` or its `b`. */
function waitFor(
  board: Board,
  walks: readonly Walk[],
  link: Link,
  before: Course,
  isA: boolean,
  step: number,
  otherStep: number,
): Wait {
  const [piece, other] = isA ? [link.a, link.b] : [link.b, link.a]
  const left = walks[piece]?.[step - 1] as number
  const clashes = clash(board, link, piece, left, walks[other]?.[otherStep] as number)
  return clashes ? {before, step, is: 'clash', calls: link.calls, isA} : {before, step, is: 'after'}
}

/** Each set of pieces that all keep apart, as a queue of their steps. Sets share pairs, never the same step twice in a row. */
function addQueues(board: Board, drafts: readonly Draft[]): void {
  if (!board.links.some(link => link.apart)) return
  const apart = board.pieces.map(() => new Set<number>())
  for (const link of board.links) {
    if (!link.apart) continue
    apart[link.a]?.add(link.b)
    apart[link.b]?.add(link.a)
  }
  const covered = new Set<string>()
  for (const [piece, others] of apart.entries()) {
    for (const other of others) {
      if (other < piece || covered.has(`${piece} ${other}`)) continue
      const members = [piece, other]
      for (const more of others) if (members.every(member => apart[member]?.has(more))) members.push(more)
      for (const a of members) for (const b of members) covered.add(`${a} ${b}`)
      queue(members.map(member => drafts[member] as Draft))
    }
  }
}

function queue(members: readonly Draft[]): void {
  const line = inLine(members)
  for (const [place, {draft, step}] of line.slice(1).entries()) {
    const {draft: before, step: earlier} = line[place] as StepOf
    if (before === draft) continue
    const waits = draft.waits[step] as Wait[]
    const known = waits.some(wait => wait.is === 'apart' && wait.before === before && wait.step === earlier)
    if (!known) waits.push({before, step: earlier, is: 'apart'})
  }
}
