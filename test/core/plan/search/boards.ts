import fc from 'fast-check'
import {
  type Board,
  board,
  clash,
  DEPLOY,
  otherEnd,
  type Piece,
  SWITCH,
  waitsForGoal,
} from '../../../../src/core/plan/board/board.ts'
import {type Bond, linking} from '../../../../src/core/plan/board/links.ts'
import {costOf} from '../../../../src/core/plan/search/walks.ts'
import type {Course} from '../../../../src/core/plan/order/orders.ts'
import type {Solution} from '../../../../src/core/plan/search/solve.ts'

/** Random boards: pieces on a handful of states, any moves, any clashes but between the first states and the last. */
export function boards(pieces: number, states: number, clashing: number): fc.Arbitrary<Board> {
  return fc.gen().map(draw => {
    const chance = (percent: number): boolean => draw(fc.integer, {min: 0, max: 99}) < percent
    const all = Array.from({length: pieces}, (_, number): Piece => {
      const stepwise = chance(40)
      const home = chance(8)
      const release = [0]
      for (let state = 1; state < states; state++) release.push((release[state - 1] as number) + (chance(65) ? 1 : 0))
      const moves = Array.from({length: states}, (__, from) =>
        Array.from({length: states}, (___, to) => to)
          .filter(to => to !== from && (stepwise ? Math.abs(to - from) === 1 : chance(75)))
          .map(to => ({to, cost: release[from] === release[to] ? SWITCH : DEPLOY})),
      )
      const all = release.map((version, state) => ({release: `${version}.0.0`, mode: `m${state}`}))
      return {name: `p${number}`, states: all, start: 0, goal: home ? 0 : states - 1, moves}
    })
    const links = linking()
    for (const [a, one] of all.entries()) {
      for (const [place, two] of all.slice(a + 1).entries()) {
        if (!chance(60)) continue
        const bad = Array.from({length: states * states}, () => (chance(clashing) ? 1 : 0))
        bad[one.start * states + two.start] = 0
        bad[one.goal * states + two.goal] = 0
        const bond = {bad, width: states, aAfterB: chance(4), bAfterA: chance(4), apart: chance(10)}
        links.add(a, a + 1 + place, bond, [])
      }
    }
    return board(all, links.links())
  })
}

/** Deploys and switches as one number, and waves. */
export interface Bill {
  readonly cost: number
  readonly waves: number
}

export function billOf(whole: Board, solution: Solution): Bill | null {
  if (solution.is !== 'solved') return null
  const cost = (course: Course): number => {
    const piece = whole.pieces.find(each => each.name === course.service) as Piece
    return costOf(
      piece,
      course.states.map(state => piece.states.indexOf(state)),
    )
  }
  return {
    cost: solution.courses.reduce((sum, course) => sum + cost(course), 0),
    waves: Math.max(0, ...solution.courses.flatMap(course => course.waves)),
  }
}

/**
 * The best there is, by another road than the planner's: the cost of every way to stand, one move at a time from the
 * goal back; then, wave by wave, everything that can be reached without leaving what is cheapest.
 */
export function bestOf(whole: Board): Bill | null {
  const [start, goal] = [whole.pieces.map(piece => piece.start), whole.pieces.map(piece => piece.goal)]
  const left = costsLeft(whole, start)
  const key = (at: readonly number[]): string => at.join()
  const cost = left.get(key(start))
  if (cost === undefined) return null
  let front = new Map([[key(start), start]])
  for (let waves = 0; ; waves++) {
    if (front.has(key(goal))) return {cost, waves}
    const next = new Map<string, number[]>()
    for (const at of front.values()) {
      const rest = left.get(key(at)) as number
      const spread = (place: number, to: number[], spent: number): void => {
        if (place === at.length) {
          if (spent > 0 && left.get(key(to)) === rest - spent) next.set(key(to), to)
          return
        }
        for (const {to: state, cost: price} of [
          {to: at[place] as number, cost: 0},
          ...(whole.pieces[place]?.moves[at[place] as number] ?? []),
        ]) {
          if (spent + price > rest || !fitsWave(whole, at, [...to, state])) continue
          spread(place + 1, [...to, state], spent + price)
        }
      }
      spread(0, [], 0)
    }
    front = next
  }
}

/** Whether the last of `to` may move (or stay) in one wave with those before it. */
function fitsWave(whole: Board, at: readonly number[], to: readonly number[]): boolean {
  const piece = to.length - 1
  const moves = (each: number): boolean => at[each] !== to[each]
  return (whole.linksOf[piece] as readonly number[]).every(link => {
    const other = otherEnd(whole, link, piece)
    if (moves(piece) && waitsForGoal(whole, link, piece) && at[other] !== whole.pieces[other]?.goal) return false
    if (other > piece) return true
    const {apart, aAfterB, bAfterA} = whole.links.bonds[link] as Bond
    if (moves(piece) && moves(other) && (apart || aAfterB || bAfterA)) return false
    const live = (each: number): readonly number[] => [at[each] as number, to[each] as number]
    return live(piece).every(own => live(other).every(there => !clash(whole, link, piece, own, there)))
  })
}

/** What is left to pay from every way to stand that the start leads to and from where the goal can be reached. */
function costsLeft(whole: Board, start: readonly number[]): ReadonlyMap<string, number> {
  const into = new Map<string, {from: string; cost: number}[]>([[start.join(), []]])
  const open = [start]
  for (let at = open.pop(); at; at = open.pop()) {
    for (const [piece, {moves}] of whole.pieces.entries()) {
      for (const {to, cost} of moves[at[piece] as number] ?? []) {
        const next = at.with(piece, to)
        if (!mayMove(whole, at, piece, to)) continue
        if (!into.has(next.join())) open.push(next)
        into.set(next.join(), [...(into.get(next.join()) ?? []), {from: at.join(), cost}])
      }
    }
  }
  const left = new Map<string, number>()
  const goal = whole.pieces.map(piece => piece.goal).join()
  const line = into.has(goal) ? [{at: goal, cost: 0}] : []
  while (line.length > 0) {
    const least = line.reduce((best, each, place) => (each.cost < (line[best]?.cost as number) ? place : best), 0)
    const [{at, cost}] = line.splice(least, 1) as [{at: string; cost: number}]
    if (left.has(at)) continue
    left.set(at, cost)
    for (const each of into.get(at) ?? []) if (!left.has(each.from)) line.push({at: each.from, cost: cost + each.cost})
  }
  return left
}

function mayMove(whole: Board, at: readonly number[], piece: number, to: number): boolean {
  return (whole.linksOf[piece] as readonly number[]).every(link => {
    const other = otherEnd(whole, link, piece)
    if (waitsForGoal(whole, link, piece) && at[other] !== whole.pieces[other]?.goal) return false
    return !clash(whole, link, piece, to, at[other] as number)
  })
}
