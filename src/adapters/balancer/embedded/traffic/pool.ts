import {bug} from '../../../../core/base/bug.ts'
import {createMeter, type Meter} from '../counts/meter.ts'
import type {Settings} from '../settings.ts'
import {parseAddress} from '../table/address.ts'
import type {PoolEntry} from '../table/table.ts'
import {Server} from './server.ts'

/** A pool at work. */
export class Pool {
  readonly id: string
  readonly meter: Meter
  /** Requests that are being answered, those of servers that have left the pool included. */
  inFlight = 0
  #servers: readonly Server[] = []
  #last = -1

  constructor(id: string, epoch: string) {
    this.id = id
    this.meter = createMeter(epoch)
  }

  get servers(): readonly Server[] {
    return this.#servers
  }

  /** Takes over the addresses; servers that stay keep their connections, those that go finish what they do. */
  update(entry: PoolEntry, settings: Settings): void {
    const known = new Map(this.#servers.map(server => [server.name, server]))
    this.#servers = entry.addresses.map(address => known.get(address) ?? serverAt(address, settings))
    for (const server of this.#servers) {
      server.settings = settings
      known.delete(server.name)
    }
    for (const server of known.values()) server.retire()
  }

  /**
   * The next server in turn that has not been tried for this request, those that answer before those that lately did
   * not. In turn, not the least busy: an instance that fails at once is always the least busy.
   */
  next(tried: readonly Server[]): Server | undefined {
    const index = this.#find(tried, server => !server.suspect) ?? this.#find(tried, () => true)
    if (index === undefined) return undefined
    // A second try is out of turn, or the server that failed would be the next one's first.
    if (tried.length === 0) this.#last = index
    return this.#servers[index]
  }

  #find(tried: readonly Server[], wanted: (server: Server) => boolean): number | undefined {
    const count = this.#servers.length
    for (let step = 1; step <= count; step++) {
      const index = (this.#last + step) % count
      const server = this.#servers[index]
      if (server && !tried.includes(server) && wanted(server)) return index
    }
    return undefined
  }

  retire(): void {
    for (const server of this.#servers) server.retire()
  }
}

function serverAt(name: string, settings: Settings): Server {
  const address = parseAddress(name) ?? bug(`the address ${name} was let into the table`)
  return new Server(name, address, settings)
}
