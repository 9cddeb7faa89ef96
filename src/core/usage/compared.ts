import type {Instant} from '../base/units.ts'
import type {Gap} from './coverage.ts'

/** How far a balancer's own counter and the log that it writes had come at one instant. */
export interface Counted {
  readonly at: Instant
  /** Another one means that the balancer was started anew and counts from 0. */
  readonly epoch: string
  /** Requests that the balancer has counted. */
  readonly requests: number
  /** Sessions that are open: each may have one request that is counted and not yet written. */
  readonly open: number
  /** Lines on requests that were read, readable or not. */
  readonly lines: number
}

/** What is kept from one comparison to the next. */
export interface Compared {
  /** Since here the two are compared. */
  readonly base: Counted
  readonly last: Counted
}

/** The comparison that follows, and a gap where fewer lines were read than the balancer has counted requests. */
export interface Comparison {
  readonly compared: Compared
  readonly gap?: Gap
}

/**
 * Every request that was counted at the last comparison must have become a line by now, but for those that are still
 * open. A balancer that was started anew is compared from there on.
 */
export function compare(before: Compared | undefined, now: Counted): Comparison {
  if (!before || before.base.epoch !== now.epoch) return {compared: {base: now, last: now}}
  const {base, last} = before
  const missing = last.requests - base.requests - (now.lines - base.lines) - now.open
  if (missing <= 0) return {compared: {base, last: now}}
  const reason = `the balancer counted ${missing} more requests than lines were read`
  return {compared: {base: now, last: now}, gap: {from: base.at, to: now.at, reason}}
}

/** What {@link compare} keeps, from the text that it was kept as; undefined where the text is of something else. */
export function comparedFrom(text: string): Compared | undefined {
  const kept = JSON.parse(text) as Partial<Compared>
  return kept.base && kept.last ? {base: kept.base, last: kept.last} : undefined
}

/** Requests and lines since the two are compared, as they stood last. */
export function sumsOf({base, last}: Compared): {readonly requests: number; readonly lines: number} {
  return {requests: last.requests - base.requests, lines: last.lines - base.lines}
}
