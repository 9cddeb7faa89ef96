import type {Question, ServiceName} from '../graph/system.ts'
import type {Limits} from './budget.ts'
import type {Conflict, Suggestion} from './plan.ts'
export function suggest(
  _q: Question,
  _c: readonly Conflict[],
  _b: readonly ServiceName[],
  _l: Limits,
): readonly Suggestion[] {
  return []
}
