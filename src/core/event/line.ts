import {isoOf} from '../base/units.ts'
import type {Event} from './event.ts'

/** The form of the lines; raised when one of them means something else than before. */
export const EVENT_VERSION = 1

/** An event as programs read it: one line of a stream, or the body of a webhook. */
export interface EventLine {
  readonly v: typeof EVENT_VERSION
  /** Counts the events of this process from 1, without a gap. */
  readonly seq: number
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly type: Event['code']
  readonly rollout: string
  readonly [payload: string]: unknown
}

export function lineOf({at, code, rollout, ...payload}: Event, seq: number): EventLine {
  return {v: EVENT_VERSION, seq, at: isoOf(at), type: code, rollout, ...payload}
}
