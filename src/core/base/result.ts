import type {Failure} from './failure.ts'

/** What came of something a careful operator can see fail. Bugs are thrown instead: see bug.ts. */
export type Result<T, F = Failure> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly failure: F}

export function ok<T>(value: T): {readonly ok: true; readonly value: T} {
  return {ok: true, value}
}

export function fail<F>(failure: F): {readonly ok: false; readonly failure: F} {
  return {ok: false, failure}
}
