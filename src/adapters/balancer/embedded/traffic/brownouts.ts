import type {Instant, Percent} from '../../../../core/base/units.ts'
import type {Seen} from '../../../../core/usage/calls.ts'
import type {GoneEntry} from '../table/table.ts'

/** Which requests are answered 410, evenly spread, as long as each brownout lasts. */
export class Brownouts {
  readonly #now: () => Instant
  readonly #credits = new Map<string, Percent>()
  #entries: Readonly<Record<string, readonly GoneEntry[]>> = {}

  constructor(now: () => Instant) {
    this.#now = now
  }

  follow(entries: Readonly<Record<string, readonly GoneEntry[]>>): void {
    this.#entries = entries
  }

  /** Whether this request, which calls that, is one of them. */
  takes(service: string, calls: readonly Seen[]): boolean {
    const entries = this.#entries[service]
    if (!entries) return false
    const entry = entries.find(({contract, major}) =>
      calls.some(call => call.contract === contract && call.major === major),
    )
    return (
      entry !== undefined &&
      entry.until > this.#now() &&
      this.#isTurn(`${service} ${entry.contract} ${entry.major}`, entry.share)
    )
  }

  #isTurn(key: string, share: Percent): boolean {
    const credit = (this.#credits.get(key) ?? 0) + share
    this.#credits.set(key, credit >= 100 ? credit - 100 : credit)
    return credit >= 100
  }
}
