import type {Server} from 'node:net'
import type {DurationMs} from '../../../../core/base/units.ts'
import {handleOf} from './handle.ts'
import {pauseAfter} from './pause.ts'
import {startStandby, type StandbyProcess} from './process.ts'

/**
 * Sees to it that there is a standby from the first socket on, and that it has a copy of every socket we listen with. The
 * balancer goes on without one where none can be had.
 */
export class Keeper {
  readonly #start: () => StandbyProcess
  readonly #log: (line: string) => void
  readonly #servers = new Map<string, Server>()
  #control: {readonly path: string; readonly server: Server} | undefined
  #standby: StandbyProcess | undefined
  /** The standby, once it has all we have. */
  #ready: StandbyProcess | undefined
  #again: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(folder: string, root: string, log: (line: string) => void) {
    this.#start = () => startStandby(folder, root)
    this.#log = log
  }

  /** Of the process that would take over now. */
  get pid(): number | undefined {
    return this.#ready?.pid
  }

  /** Commands then find somebody at any time: they wait for the standby's answer, and start no rival. */
  control(path: string, server: Server): void {
    this.#control = {path, server}
    this.#handControl()
  }

  /** Whoever connects while we die waits for the standby. */
  hold(address: string, server: Server): void {
    this.#servers.set(address, server)
    if (this.#standby) this.#hand(address, server)
    else if (!this.#again) this.#begin(undefined)
  }

  /** Resolves when nobody but us has the socket: what we close then is closed. */
  async release(address: string): Promise<void> {
    if (!this.#servers.delete(address)) return
    this.#standby?.tell({do: 'drop', address})
    await this.#standby?.settled()
  }

  /** One that does not answer would not take over either, and is replaced. */
  async look(): Promise<void> {
    await this.#standby?.settled()
  }

  /** Nobody is to come after us. */
  async end(): Promise<void> {
    this.#isEnding = true
    clearTimeout(this.#again)
    this.#standby?.kill()
    await this.#standby?.ended
  }

  #begin(lastPauseMs: DurationMs | undefined): void {
    this.#again = undefined
    const startedAt = performance.now()
    const replace = (how: string) => this.#replace(how, performance.now() - startedAt, lastPauseMs)
    try {
      const standby = this.#start()
      this.#standby = standby
      void standby.ended.then(how => replace(`${standby.pid ?? ''} ${how}`))
    } catch (error) {
      // As for want of memory. The traffic must not notice.
      return replace(String(error))
    }
    this.#handControl()
    for (const [address, server] of this.#servers) this.#hand(address, server)
    void this.#noteReady(this.#standby)
  }

  async #noteReady(standby: StandbyProcess): Promise<void> {
    await standby.settled()
    if (this.#standby === standby) this.#ready = standby
  }

  #replace(how: string, livedMs: DurationMs, lastPauseMs: DurationMs | undefined): void {
    this.#standby = undefined
    this.#ready = undefined
    if (this.#isEnding) return
    const pauseMs = pauseAfter(livedMs, lastPauseMs)
    this.#log(`no standby: ${how}; the next one starts in ${pauseMs}ms`)
    this.#again = setTimeout(() => this.#begin(pauseMs), pauseMs)
  }

  #handControl(): void {
    if (!this.#control) return
    const {path, server} = this.#control
    this.#standby?.tell({do: 'control', path}, handleOf(server))
  }

  #hand(address: string, server: Server): void {
    this.#standby?.tell({do: 'hold', address}, handleOf(server))
  }
}
