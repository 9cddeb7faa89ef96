import type {Question, ServiceName} from '../graph/system.ts'
import type {Clashes} from './clashes.ts'
import type {Conflict} from './plan.ts'
export interface Explained {
  readonly text?: string
  readonly conflicts: readonly Conflict[]
  /** Services for which a release in between might help. */
  readonly bridgeable: readonly ServiceName[]
}
export function explain(_question: Question, services: readonly ServiceName[], _clashes: Clashes): Explained {
  return {conflicts: [], bridgeable: services}
}
