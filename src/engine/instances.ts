import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Course} from '../core/rollout/course.ts'
import type {Instance} from '../ports/runtime.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

/** How long a driver may take to tell what there is. */
export const READ_MS: DurationMs = 5_000

/** Who is in a hurry waits so long for the runtime, and then takes what it told at most so long ago. */
const GLANCE_MS: DurationMs = 250
const RECENT_MS: DurationMs = 2 * READ_MS

type Told = Result<readonly Instance[]>

/**
 * Reads what runs of a service. An instance that hangs makes every such answer late, and so does an engine that is gone:
 * traffic that is to leave them does not wait for it.
 */
export function instanceReader({deps}: Session, {service}: Course): (isHurried: boolean) => Promise<Told> {
  const {clock, runtime} = deps
  let last: {readonly told: Told; readonly at: DurationMs} | undefined

  async function read(): Promise<Told> {
    const at = clock.monotonic()
    const asked = {what: `what runs of ${service}`, code: 'runtime-failed', ms: READ_MS} as const
    const told = await within(clock, asked, () => runtime.read(service))
    if (!last || last.at <= at) last = {told, at}
    return told
  }

  return async isHurried => {
    if (!isHurried || !last) return read()
    const {told, at} = last
    if (told.ok && clock.monotonic() - at > RECENT_MS) return read()
    const answered = new AbortController()
    const late = clock.sleep(GLANCE_MS, answered.signal).then(() => told)
    const now = await Promise.race([read(), late])
    answered.abort('answered')
    return now
  }
}
