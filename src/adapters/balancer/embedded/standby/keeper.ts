import type {Server} from 'node:net'
import type {DurationMs} from '../../../../core/base/units.ts'
import {handleOf} from './handle.ts'
import type {ToStandby} from './message.ts'
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
  /** Sockets that were handed over, ever, and how many of them it is known to have. */
  #handed = 0
  #arrived = -1
  #again: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(folder: string, root: string, log: (line: string) => void) {
    this.#start = () => startStandby(folder, root)
    this.#log = log
  }

  /** Of the process that would take over now. */
  get pid(): number | undefined {
    return this.#arrived === this.#handed ? this.#standby?.pid : undefined
  }

  /** Commands then find somebody at any time: they wait for the standby's answer, and start no rival. */
  control(path: string, server: Server): void {
    this.#control = {path, server}
    if (this.#standby) this.#handControl(this.#standby)
  }

  /** Whoever connects while we die waits for the standby. */
  hold(address: string, server: Server): void {
    this.#servers.set(address, server)
    if (this.#standby) this.#hand(this.#standby, {do: 'hold', address}, server)
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
      this.#handControl(standby)
      for (const [address, server] of this.#servers) this.#hand(standby, {do: 'hold', address}, server)
    } catch (error) {
      // As for want of memory. The traffic must not notice.
      replace(String(error))
    }
  }

  #replace(how: string, livedMs: DurationMs, lastPauseMs: DurationMs | undefined): void {
    this.#standby = undefined
    if (this.#isEnding) return
    const pauseMs = pauseAfter(livedMs, lastPauseMs)
    this.#log(`no standby: ${how}; the next one starts in ${pauseMs}ms`)
    this.#again = setTimeout(() => this.#begin(pauseMs), pauseMs)
  }

  #handControl(standby: StandbyProcess): void {
    if (this.#control) this.#hand(standby, {do: 'control', path: this.#control.path}, this.#control.server)
  }

  #hand(standby: StandbyProcess, message: ToStandby, server: Server): void {
    standby.tell(message, handleOf(server))
    const mine = ++this.#handed
    void standby.settled().then(() => {
      if (this.#standby === standby) this.#arrived = mine
    })
  }
}
