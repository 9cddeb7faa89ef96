import type {DurationMs} from '../../../../core/base/units.ts'
import type {Settings} from '../settings.ts'
import type {Address} from '../table/address.ts'
import {Connection, type Owner} from './connection.ts'

/** How long a connection waits for its next request; servers commonly close after 5 s, and nobody should race them. */
const IDLE_MS = 4_000
/** How long before a server means to close we no longer trust a connection. */
const MARGIN_MS = 1_000
/** How long a server that could not be reached is asked only if there is no other. */
const SUSPECT_MS = 1_000

/** One instance behind the balancer: its connections, and how busy it is. */
export class Server implements Owner {
  readonly name: string
  readonly address: Address
  settings: Settings
  /** Requests that wait for its answer, or are being answered. */
  inFlight = 0
  #suspectUntil = 0
  #retired = false
  readonly #idle: Connection[] = []

  constructor(name: string, address: Address, settings: Settings) {
    this.name = name
    this.address = address
    this.settings = settings
  }

  /** A hint for the choice within a pool. Whether the pool gets traffic at all, the shares alone say. */
  get suspect(): boolean {
    return this.#suspectUntil > 0 && performance.now() < this.#suspectUntil
  }

  suspectNow(): void {
    this.#suspectUntil = performance.now() + SUSPECT_MS
  }

  /** A connection for one request: the one used last, since it is the least likely to be closing. */
  borrow(): Connection {
    const kept = this.#idle.pop()
    if (kept && kept.idleUntil > performance.now()) return kept
    kept?.destroy()
    return new Connection(this)
  }

  onFree(connection: Connection, seconds: number | undefined): void {
    if (this.#retired) return connection.destroy()
    const kept = seconds === undefined ? IDLE_MS : Math.min(IDLE_MS, seconds * 1000 - MARGIN_MS)
    if (kept <= 0) return connection.destroy()
    connection.idleUntil = performance.now() + kept
    this.#idle.push(connection)
  }

  onGone(connection: Connection): void {
    const index = this.#idle.lastIndexOf(connection)
    if (index >= 0) this.#idle.splice(index, 1)
  }

  /** Closes what has been idle for too long. */
  sweep(now: DurationMs): void {
    for (const connection of this.#idle.filter(({idleUntil}) => idleUntil <= now)) connection.destroy()
  }

  /** Keeps no connection from now on; requests in flight end by themselves. */
  retire(): void {
    this.#retired = true
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }
}
