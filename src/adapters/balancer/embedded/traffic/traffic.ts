import {failure} from '../../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../../core/base/result.ts'
import {bug} from '../../../../core/base/bug.ts'
import {parseAddress} from '../table/address.ts'
import type {Handle} from '../standby/handle.ts'
import type {ServiceEntry, Table} from '../table/table.ts'
import {type House, Listener} from './listener.ts'
import {Service} from './service.ts'
import type {Server} from 'node:net'

/** A service at work on its address. */
interface Open {
  readonly service: Service
  readonly listener: Listener
  readonly listen: string
}

/** Whoever has our listening sockets, too, so that they outlive us. */
export interface Sockets {
  /** What a dead process has left of that address, once. */
  inherit(address: string): Handle | undefined
  hold(address: string, server: Server): void
  /** Resolves when only we have it. */
  release(address: string): Promise<void>
}

const OURS_ALONE: Sockets = {inherit: () => undefined, hold: () => undefined, release: async () => undefined}

/** Everything that carries requests at the moment; follows the table. */
export class Traffic {
  readonly #house: House
  readonly #epochOf: () => string
  readonly #sockets: Sockets
  readonly #open = new Map<string, Open>()
  readonly #leaving = new Set<Listener>()

  constructor(house: House, epochOf: () => string, sockets = OURS_ALONE) {
    this.#house = house
    this.#epochOf = epochOf
    this.#sockets = sockets
  }

  service(name: string): Service | undefined {
    return this.#open.get(name)?.service
  }

  get services(): readonly Service[] {
    return [...this.#open.values()].map(({service}) => service)
  }

  /** Takes the addresses that the table asks for and that are not ours yet. All, or none. */
  async prepare(table: Table): Promise<Result<readonly Open[]>> {
    const fresh: Open[] = []
    for (const entry of table.services) {
      if (this.#open.get(entry.name)?.listen === entry.listen) continue
      const opened = await this.#openAt(entry)
      if (!opened.ok) {
        this.discard(fresh)
        return opened
      }
      fresh.push(opened.value)
    }
    return ok(fresh)
  }

  async #openAt(entry: ServiceEntry): Promise<Result<Open>> {
    const service = this.service(entry.name) ?? new Service(entry, this.#epochOf)
    const listener = new Listener(service, this.#house)
    try {
      const address = parseAddress(entry.listen) ?? bug(`${entry.listen} was let into the table`)
      await listener.listen(address, this.#sockets.inherit(entry.listen))
      return ok({service, listener, listen: entry.listen})
    } catch (error) {
      const message = `${entry.name} cannot listen on ${entry.listen}: ${error instanceof Error ? error.message : String(error)}`
      return fail(failure('balancer-failed', {message, hint: 'free the address, or change route.listen'}))
    }
  }

  /** Gives back what {@link prepare} took. */
  discard(fresh: readonly Open[]): void {
    for (const {listener} of fresh) this.#leave(listener)
  }

  /** What the table no longer asks for would take connections for nobody if somebody else went on listening. */
  async release(table: Table): Promise<void> {
    const wanted = new Map(table.services.map(({name, listen}) => [name, listen]))
    const leaving = [...this.#open.values()].filter(({service, listen}) => wanted.get(service.name) !== listen)
    await Promise.all(leaving.map(({listen}) => this.#sockets.release(listen)))
  }

  /** From here on requests go as the table says. Cannot fail. */
  follow(table: Table, fresh: readonly Open[]): void {
    for (const open of fresh) {
      const before = this.#open.get(open.service.name)
      this.#open.set(open.service.name, open)
      this.#sockets.hold(open.listen, open.listener.server)
      if (before) this.#leave(before.listener)
    }
    for (const entry of table.services) this.#update(entry)
    const kept = new Set(table.services.map(({name}) => name))
    for (const open of this.#open.values()) if (!kept.has(open.service.name)) this.#drop(open)
  }

  #update(entry: ServiceEntry): void {
    const open = this.#open.get(entry.name)
    open?.service.update(entry)
    open?.listener.configure(entry.settings)
  }

  #drop({service, listener}: Open): void {
    this.#open.delete(service.name)
    this.#leave(listener)
    service.retire()
  }

  #leave(listener: Listener): void {
    this.#leaving.add(listener)
    void listener.close().then(() => this.#leaving.delete(listener))
  }

  /** Takes nothing new, and lets what is under way end for at most `limitMs`. */
  async end(limitMs: number): Promise<void> {
    const listeners = [...this.#leaving, ...[...this.#open.values()].map(({listener}) => listener)]
    const cut = setTimeout(() => {
      for (const listener of listeners) listener.cut()
    }, limitMs)
    await Promise.all(listeners.map(listener => listener.close()))
    clearTimeout(cut)
  }

  /** Closes connections to servers that have been idle for long. */
  sweep(): void {
    const now = performance.now()
    for (const service of this.services) service.sweep(now)
  }
}
