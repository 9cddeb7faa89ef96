import type {Board} from './board.ts'
import type {Budget} from './budget.ts'
import type {Timed} from './waves.ts'

export function rough(_board: Board, _budget: Budget): Timed | undefined {
  return undefined
}
