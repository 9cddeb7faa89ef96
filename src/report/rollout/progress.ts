import type {Event} from '../../core/event/event.ts'
import type {StepShown} from '../../core/rollout/show.ts'

/** Where a step stands when nobody looks on any more. */
export type Standing = Pick<StepShown, 'id' | 'state'>

/** Shows a rollout while it goes on. Told of events as they come; `end` when there are no more. */
export interface Progress {
  happened(event: Event): void
  /** @param steps where they stand, as far as that is known: some may have been done before anybody looked on */
  end(steps?: readonly Standing[]): Promise<void>
}
