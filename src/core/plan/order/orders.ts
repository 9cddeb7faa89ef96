import type {MaybeState, ServiceName} from '../../graph/system.ts'
import {type Board, clash, type Piece, type Walk} from '../board/board.ts'
import {apartIn, type Calls} from '../board/links.ts'
import type {StepId} from '../plan.ts'
import {eachWall, type Need, needsFor, type Network, offsetsOf, OWN, type Wall} from './network.ts'
import type {Schedule} from './schedule.ts'
import {pairsBy} from './timetable.ts'

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
      readonly calls: Calls
      /** Whether the service that is waited for is `a` of the calls. */
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
  const drafts = walks.map((walk, piece) =>
    draftOf(board.pieces[piece] as Piece, walk, waves, offsets[piece] as number),
  )
  const waitFor = waitsFor(board, walks, drafts, offsets)
  if (forced) addForced(board, drafts, forced, waitFor)
  else {
    const line = inLine(drafts)
    addWaits(board, walks, drafts, waitFor)
    addQueues(board, drafts)
    for (const {draft, step} of line) draft.waves[step] = layerOf(draft, step)
  }
  return drafts.filter(({states}) => states.length > 1)
}

type Ordered = Extract<Schedule, {is: 'ordered'}>

function draftOf({name, states}: Piece, walk: Walk, waves: Int32Array, offset: number): Draft {
  return {
    service: name,
    states: walk.map(state => states[state] as MaybeState),
    ids: walk.map((_, step) => (step === 0 ? '' : `${name}-${step}`)),
    waves: walk.map((_, step) => (step === 0 ? 0 : (waves[offset + step - 1] as number))),
    waits: walk.map(() => []),
  }
}

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
  for (const {before, step: other} of waits[step] as readonly Wait[])
    last = Math.max(last, before.waves[other] as number)
  return last + 1
}

/**
 * The waits where the walks leave no other: they have been found out already, and so have the layers. Of services that
 * keep apart no two move here, for two that do may go either first.
 */
function addForced(board: Board, drafts: readonly Draft[], net: Network, waitFor: WaitFor): void {
  const {offsets, orders, links} = net
  const {a, b} = board.links
  const {starts, pairs} = pairsBy(offsets[drafts.length] as number, orders, 1)
  for (let own = 0; own < drafts.length; own++) {
    const {waits} = drafts[own] as Draft
    for (let step = 1; step < waits.length; step++) {
      const number = (offsets[own] as number) + step - 1
      const [start, end] = [starts[number] as number, starts[number + 1] as number]
      // One of them is the step's own order, but for a first step.
      const found = new Array<Wait>(step === 1 ? end - start : end - start - 1)
      let count = 0
      for (let at = start; at < end; at++) {
        const pair = pairs[at] as number
        const link = links[pair] as number
        if (link === OWN) continue
        const piece = (a[link] === own ? b[link] : a[link]) as number
        const before = (orders[2 * pair] as number) - (offsets[piece] as number) + 1
        found[count++] = waitFor(link, piece, before, own, step)
      }
      waits[step] = found
    }
  }
}

/** The waits between the pieces of each link, by the side on which the waves pass each wall. */
function addWaits(board: Board, walks: readonly Walk[], drafts: readonly Draft[], waitFor: WaitFor): void {
  const needs = needsFor(walks)
  const hold = (piece: number, step: number, other: number, otherStep: number): void => {
    const own = (drafts[piece] as Draft).waves
    // Step 0 is before everything, and the step after the last never comes.
    if (step >= own.length) return
    if ((own[step] as number) < ((drafts[other] as Draft).waves[otherStep] ?? Infinity))
      needs.add(piece, step, otherStep)
  }
  const {count, a, b, bonds} = board.links
  let link = 0
  const wall: Wall = (piece, step, other, otherStep, elseOtherStep, elseStep) => {
    if (bonds[link]?.apart && step === elseStep && otherStep === elseOtherStep) return
    hold(piece, step, other, otherStep)
    hold(other, elseOtherStep, piece, elseStep)
  }
  const wait: Need = (piece, step, other, otherStep) =>
    drafts[other]?.waits[otherStep]?.push(waitFor(link, piece, step, other, otherStep))
  for (; link < count; link++) {
    needs.of(a[link] as number, b[link] as number)
    eachWall(board, link, walks, wall)
    needs.each(wait)
  }
}

/** Why a step of one piece of a link has to be done before a step of the other. */
type WaitFor = (link: number, piece: number, step: number, other: number, otherStep: number) => Wait

/** Those who wait for one step mostly wait for the same reason, and share it. */
function waitsFor(board: Board, walks: readonly Walk[], drafts: readonly Draft[], offsets: Int32Array): WaitFor {
  const last = new Array<Wait | undefined>(offsets[walks.length] as number)
  return (link, piece, step, other, otherStep) => {
    const left = walks[piece]?.[step - 1] as number
    const clashes = clash(board, link, piece, left, walks[other]?.[otherStep] as number)
    const isA = board.links.a[link] === piece
    const calls = board.links.calls[link] as Calls
    const place = (offsets[piece] as number) + step - 1
    const known = last[place]
    if (known?.is === 'clash' && clashes && known.calls === calls && known.isA === isA) return known
    const before = drafts[piece] as Draft
    return (last[place] = clashes ? {before, step, is: 'clash', calls, isA} : {before, step, is: 'after'})
  }
}

/** Each set of pieces that all keep apart, as a queue of their steps. Sets share pairs, never the same step twice in a row. */
function addQueues(board: Board, drafts: readonly Draft[]): void {
  const apart = apartIn(board.links, board.pieces.length)
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
