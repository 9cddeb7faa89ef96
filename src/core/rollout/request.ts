import type {Instant} from '../base/units.ts'
import type {ServiceName} from '../graph/system.ts'
import type {StepId} from '../plan/plan.ts'
import type {PoolId} from './pool.ts'
import type {Who} from './who.ts'

/**
 * What somebody asks, from any shell, of whoever carries a rollout out. It is left in the record and does nothing by
 * itself: the holder of the lease hears it, and writes down with its own next record what came of it.
 */
export interface Request {
  /** Made up by whoever asks; the same one left twice is one request. */
  readonly id: string
  readonly by: Who
  readonly at: Instant
  /** Why, in the words of whoever asks. */
  readonly reason?: string
  readonly wish: Wish
}

/** What is wanted. */
export type Wish =
  /** No step forward until somebody wants it again. */
  | {readonly do: 'pause'}
  /** Forward again. */
  | {readonly do: 'resume'}
  /** The present bake of one step, or of every step under way, counts as over; `full`: so does every later one. */
  | {readonly do: 'promote'; readonly full: boolean; readonly step?: StepId}
  /**
   * A gate, as {@link gateId} writes it, or `all`, for one step or for every one. `waive`: it need not hold; else it is
   * the answer that an approval waits for.
   */
  | {readonly do: 'approve'; readonly gate: string; readonly step?: StepId; readonly waive: boolean}
  /** All traffic back first, then whatever is under way; nothing more begins. */
  | {readonly do: 'abort'}
  /** A step that was taken back, or every such step, from its beginning. */
  | {readonly do: 'retry'; readonly step?: StepId}
  /** A state that was taken back in this rollout may be tried again. Needs nobody to hear it. */
  | {readonly do: 'forgive'; readonly service: ServiceName; readonly pool: PoolId}

/** What somebody has approved or waived, and was allowed to. */
export type Approval = Request & {readonly wish: Extract<Wish, {readonly do: 'approve'}>}

/** Whether an approval is about this gate of this step. */
export function isAbout({wish}: Approval, step: StepId, gate: string): boolean {
  return (wish.gate === 'all' || wish.gate === gate) && (wish.step === undefined || wish.step === step)
}
