import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Board, clash, narrow, otherEnd, part, type Piece, statesOf} from '../../../../src/core/plan/board/board.ts'
import {apartIn} from '../../../../src/core/plan/board/links.ts'
import {boards} from '../search/boards.ts'

const some = boards(5, 4, 30)
const keeping = fc.array(fc.array(fc.boolean(), {minLength: 4, maxLength: 4}), {minLength: 5, maxLength: 5})

describe('a board', () => {
  it('says of a part what it says of the whole', () => {
    fc.assert(
      fc.property(some, fc.subarray([0, 1, 2, 3, 4], {minLength: 1}), (whole, pieces) => {
        const names = pieces.map(piece => whole.pieces[piece]?.name)
        const isIn = ([one, two]: Said) => names.includes(one) && names.includes(two)
        expect(part(whole, pieces).pieces.map(({name}) => name)).toEqual(names)
        expect(saidOn(part(whole, pieces))).toEqual(saidOn(whole).filter(isIn))
      }),
    )
  })

  it('loses what is said of states that are not kept and nothing else, in two goes as in one', () => {
    fc.assert(
      fc.property(some, keeping, keeping, (whole, first, second) => {
        const flags = whole.pieces.map((piece, number) =>
          Uint8Array.from(first[number] as boolean[], (kept, state) => (kept || isEnd(piece, state) ? 1 : 0)),
        )
        const once = narrow(whole, flags)
        const states = new Set(
          once.pieces.flatMap(({name, states: left}) => left.map(state => `${name} ${state?.mode}`)),
        )
        expect(saidOn(once)).toEqual(saidOn(whole).filter(([, , own, other]) => states.has(own) && states.has(other)))
        const more = once.pieces.map((piece, number) =>
          Uint8Array.from(piece.states, (_, state) => (second[number]?.[state] || isEnd(piece, state) ? 1 : 0)),
        )
        const both = flags.map((own, number) => {
          let place = 0
          return own.map(flag => (flag === 1 ? (more[number]?.[place++] as number) : 0))
        })
        expect(saidOn(narrow(once, more))).toEqual(saidOn(narrow(whole, both)))
        expect(orderOf(narrow(once, more))).toEqual(orderOf(whole))
      }),
    )
  })
})

/** Two pieces, and a state of each on which they clash. */
type Said = readonly [one: string, two: string, own: string, other: string]

/** All clashes, by name. */
function saidOn(board: Board): readonly Said[] {
  return board.pieces.flatMap((piece, number) =>
    (board.linksOf[number] as readonly number[]).flatMap(link => {
      const other = otherEnd(board, link, number)
      const there = board.pieces[other] as Piece
      const said = ({name, states}: Piece, state: number) => `${name} ${states[state]?.mode}`
      return [...piece.states.keys()].flatMap(own =>
        Array.from({length: statesOf(board, other)}, (_, state) => state)
          .filter(state => clash(board, link, number, own, state))
          .map(state => [piece.name, there.name, said(piece, own), said(there, state)] as const),
      )
    }),
  )
}

/** Who waits for whose goal, and who keeps apart from whom. */
function orderOf({pieces, links}: Board): unknown {
  const waits = links.bonds.flatMap(({aAfterB, bAfterA}, link) =>
    aAfterB || bAfterA ? [[links.a[link], links.b[link], aAfterB, bAfterA]] : [],
  )
  return [waits, apartIn(links, pieces.length)]
}

function isEnd({start, goal}: Piece, state: number): boolean {
  return state === start || state === goal
}
