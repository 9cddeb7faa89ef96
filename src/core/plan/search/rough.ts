import {type Board, clash, otherEnd, type Piece, waitsForGoal, type Walk} from '../board/board.ts'
import type {Budget} from '../budget.ts'
import {queue} from './queue.ts'
import {schedule} from '../order/schedule.ts'
import {costAlone, costOf, walksWithin} from './walks.ts'

/**
 * Walks for a knot that is too large to be searched: safe, and cheap, but not always the cheapest. Each piece chooses
 * among its few cheapest walks. Wherever two neighbours cannot pass each other, the change that mends most for its
 * price is made first, as one covers the edges of a graph; then every walk is shortened again that can be.
 */
export function rough(board: Board, budget: Budget): readonly Walk[] | undefined {
  const menus = board.pieces.map(menuOf)
  if (menus.some(menu => menu.length === 0)) return undefined
  const table = choosing(board, menus)
  if (!mend(board, table, budget)) return undefined
  shorten(board, table)
  return untangle(board, table, budget)
}

/** What a piece can choose from: walks with their costs, cheapest first. */
type Menu = readonly {readonly walk: Walk; readonly cost: number}[]

function menuOf(piece: Piece): Menu {
  const least = costAlone(piece)
  const wide = walksWithin(piece, least + 2 * LONGER, MENU * MENU) ?? walksWithin(piece, least + LONGER, MENU * MENU)
  const walks = wide ?? walksWithin(piece, least, MENU * MENU) ?? []
  return walks
    .filter(walk => new Set(walk).size === walk.length)
    .slice(0, MENU)
    .map(walk => ({walk, cost: costOf(piece, walk)}))
}

/** Walks a piece chooses from at most. */
const MENU = 16

/** One deploy and a handful of switches more. */
const LONGER = 2 ** 24 + 8

/** Which walk of its menu each piece takes, and what that means to its neighbours. */
interface Choosing {
  readonly menus: readonly Menu[]
  readonly chosen: Int32Array
  /** How many neighbours a piece cannot pass on one of its walks. */
  readonly blocked: (piece: number, choice: number) => number
}

function choosing(board: Board, menus: readonly Menu[]): Choosing {
  const chosen = new Int32Array(board.pieces.length)
  const {a, b, bonds} = board.links
  const known = bonds.map((_, link) =>
    new Int8Array((menus[a[link] as number] as Menu).length * (menus[b[link] as number] as Menu).length).fill(-1),
  )
  const passes = (link: number, choiceA: number, choiceB: number): boolean => {
    const [menuA, menuB] = [menus[a[link] as number] as Menu, menus[b[link] as number] as Menu]
    const answers = known[link] as Int8Array
    const at = choiceA * menuB.length + choiceB
    if (answers[at] === -1)
      answers[at] = passable(board, link, menuA[choiceA]?.walk as Walk, menuB[choiceB]?.walk as Walk) ? 1 : 0
    return answers[at] === 1
  }
  const blocked = (piece: number, choice: number): number =>
    (board.linksOf[piece] as readonly number[]).reduce((sum, link) => {
      const other = chosen[otherEnd(board, link, piece)] as number
      return passes(link, ...(a[link] === piece ? ([choice, other] as const) : ([other, choice] as const)))
        ? sum
        : sum + 1
    }, 0)
  return {menus, chosen, blocked}
}

/** Whether two walks get past each other somehow: a path of single steps through their grid. */
function passable(board: Board, link: number, walkA: Walk, walkB: Walk): boolean {
  const [a, b] = [board.links.a[link] as number, board.links.b[link] as number]
  const [goalA, goalB] = [(board.pieces[a] as Piece).goal, (board.pieces[b] as Piece).goal]
  const width = walkB.length
  const reached = new Uint8Array(walkA.length * width)
  for (let i = 0; i < walkA.length; i++) {
    for (let j = 0; j < width; j++) {
      if (clash(board, link, a, walkA[i] as number, walkB[j] as number)) continue
      const stepA = i > 0 && reached[(i - 1) * width + j] === 1 && (!waitsForGoal(board, link, a) || walkB[j] === goalB)
      const stepB = j > 0 && reached[i * width + j - 1] === 1 && (!waitsForGoal(board, link, b) || walkA[i] === goalA)
      if (i + j === 0 || stepA || stepB) reached[i * width + j] = 1
    }
  }
  return reached.at(-1) === 1
}

/** Until every two neighbours can pass each other; false where that does not come about. */
function mend(board: Board, table: Choosing, budget: Budget): boolean {
  const {menus, chosen, blocked} = table
  const open = queue()
  /** The change of one piece that mends most for its price. */
  const offer = (piece: number): {choice: number; key: number} | undefined => {
    const [now, price] = [
      blocked(piece, chosen[piece] as number),
      menus[piece]?.[chosen[piece] as number]?.cost as number,
    ]
    if (now === 0) return undefined
    const offers = (menus[piece] as Menu).flatMap(({cost}, choice) => {
      const mended = now - blocked(piece, choice)
      return mended > 0 ? [{choice, key: Math.max(0, cost - price) / mended}] : []
    })
    return offers.length === 0 ? undefined : offers.reduce((best, each) => (each.key < best.key ? each : best))
  }
  const put = (piece: number): void => {
    const best = offer(piece)
    if (best) open.push(best.key, piece)
  }
  for (const piece of board.pieces.keys()) put(piece)
  for (let left = board.pieces.length * CHANGES; left > 0 && open.least() < Infinity && !budget.spent(); left--) {
    const key = open.least()
    const piece = open.pop()
    const best = offer(piece)
    if (!best) continue
    if (best.key > key) {
      open.push(best.key, piece)
      continue
    }
    chosen[piece] = best.choice
    put(piece)
    for (const link of board.linksOf[piece] as readonly number[]) put(otherEnd(board, link, piece))
  }
  return board.pieces.every((_, piece) => blocked(piece, chosen[piece] as number) === 0)
}

/** Changes per piece, before mending is given up. */
const CHANGES = 100

/** Gives every piece its cheapest walk that still gets past all neighbours, those first that spare most. */
function shorten(board: Board, {menus, chosen, blocked}: Choosing): void {
  const extra = (piece: number): number =>
    (menus[piece]?.[chosen[piece] as number]?.cost as number) - (menus[piece]?.[0]?.cost as number)
  const longest = [...board.pieces.keys()].sort((a, b) => extra(b) - extra(a) || a - b)
  for (const piece of longest) {
    const choice = (menus[piece] as Menu).findIndex(
      (_, each) => each >= (chosen[piece] as number) || blocked(piece, each) === 0,
    )
    chosen[piece] = choice
  }
}

/** Walks that pass each other two by two may still run in a circle; then one of the circle goes another way, and so on. */
function untangle(board: Board, {menus, chosen, blocked}: Choosing, budget: Budget): readonly Walk[] | undefined {
  const tried = board.pieces.map((_, piece) => new Set([chosen[piece] as number]))
  for (let round = 0; round < ROUNDS && !budget.spent(); round++) {
    const walks = menus.map((menu, piece) => menu[chosen[piece] as number]?.walk as Walk)
    const found = schedule(board, walks, budget)
    if (found.is === 'ordered') return walks
    for (const knot of found.knots) {
      const changes = knot.flatMap(piece =>
        (menus[piece] as Menu).flatMap(({cost}, choice) =>
          tried[piece]?.has(choice) || blocked(piece, choice) > 0
            ? []
            : [{piece, choice, cost: cost - costAlone(board.pieces[piece] as Piece)}],
        ),
      )
      if (changes.length === 0) return undefined
      const {piece, choice} = changes.reduce((best, each) => (each.cost < best.cost ? each : best))
      tried[piece]?.add(choice)
      chosen[piece] = choice
    }
  }
  return undefined
}

/** Circles that are untied one after the other, before that is given up. */
const ROUNDS = 100
