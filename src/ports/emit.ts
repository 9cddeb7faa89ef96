import type {Event} from '../core/event/event.ts'

/** Tells whoever listens what happened. It never fails and never waits: a slow listener is the listener's business. */
export type Emit = (event: Event) => void
