import type {Event} from '../../core/event/event.ts'

/** Shows a rollout while it goes on. Told of events as they come; `end` when there are no more. */
export interface Progress {
  happened(event: Event): void
  end(): Promise<void>
}
