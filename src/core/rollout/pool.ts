import type {State} from '../graph/system.ts'

/** Names one pool of a service: its state, as {@link poolIdOf} writes it. The same state is the same pool. */
export type PoolId = string

/** `2.0.0`, or `2.0.0~v1` in mode v1. */
export function poolIdOf(state: State): PoolId {
  return state.mode === null ? state.release : `${state.release}~${state.mode}`
}
