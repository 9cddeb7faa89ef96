import type {FailureCode} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import {formatDuration} from '../core/base/units.ts'
import type {Clock} from '../ports/clock.ts'

/** What is asked of a driver: how it is called in a report, how its failures are, and how long it may take. */
export interface Asked {
  readonly what: string
  readonly code: FailureCode
  readonly ms: DurationMs
}

/**
 * Calls a driver that may hang, or throw. What it does after its time is up cannot be stopped; that is why every act is
 * absolute and is looked at again.
 */
export async function within<T>(clock: Clock, asked: Asked, call: () => Promise<Result<T>>): Promise<Result<T>> {
  const answered = new AbortController()
  const late = clock.sleep(asked.ms, answered.signal).then(() => fail(noAnswer(asked)))
  const answer = await Promise.race([attempt(asked, call), late])
  // With a reason, since making the usual one costs more than all the rest of this.
  answered.abort('answered')
  return answer
}

async function attempt<T>({what, code}: Asked, call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call()
  } catch (error) {
    return fail(failure(code, {message: `${what}: ${error instanceof Error ? error.message : String(error)}`}))
  }
}

function noAnswer({what, code, ms}: Asked) {
  return failure(code, {message: `${what}: no answer in ${formatDuration(ms)}`, hint: 'see `sluice doctor`'})
}
