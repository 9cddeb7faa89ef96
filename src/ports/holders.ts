import type {Who} from '../core/rollout/record.ts'

/** Tells whether whoever holds a lease is still there. */
export interface Holders {
  /** True only where it is certain: on this very host, since its last start, and no such process any more. */
  isGone(who: Who): boolean
}
