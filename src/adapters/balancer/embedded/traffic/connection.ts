import {connect, type Socket} from 'node:net'
import type {Address} from '../table/address.ts'
import type {Settings} from '../settings.ts'
import {ResponseParser, type AnswerListener} from './response-parser.ts'

/** Why there is no whole answer. */
export interface Trouble {
  readonly kind: 'unreachable' | 'closed' | 'timeout' | 'protocol'
  readonly message: string
  /** The connection never stood: nothing of the request can have arrived. */
  readonly unsent: boolean
  /** Some of the answer had come. */
  readonly begun: boolean
}

/** Who uses the connection at the moment. */
export interface Borrower extends AnswerListener {
  /** The connection stands: time for the body. */
  onReady(): void
  /** There is room for more of the body. */
  onDrain(): void
  /** All that has come so far has been told, and the answer is not complete. */
  onPause(): void
  onTrouble(trouble: Trouble): void
  /** The silence is not the server's doing: the client is not sending, or not reading. */
  waitsForClient(): boolean
}

/** What is sent first. */
export interface Sending {
  readonly method: string
  readonly head: string
  readonly hasBody: boolean
  /** Asks for another protocol. A server that declines may not look for a further request on the connection. */
  readonly isUpgrade: boolean
}

/** What becomes of a connection. */
export interface Owner {
  readonly address: Address
  readonly settings: Settings
  /** The answer is complete and the server takes another request, for so many seconds if it says so. */
  onFree(connection: Connection, seconds: number | undefined): void
  onGone(connection: Connection): void
}

/** One connection to a server: one request at a time, as many as the server will take. */
export class Connection {
  readonly #owner: Owner
  readonly #socket: Socket
  readonly #parser = new ResponseParser()
  #borrower: Borrower | undefined
  #connecting: NodeJS.Timeout | undefined
  /** The whole request has been written. */
  #sent = true
  #dead = false
  #used = false
  /** It may be used again after this request. */
  #lasts = true
  /** When it is to be closed if nobody has used it. */
  idleUntil = Number.POSITIVE_INFINITY

  constructor(owner: Owner) {
    this.#owner = owner
    this.#socket = connect({...owner.address, noDelay: true, keepAlive: true})
    this.#connecting = setTimeout(() => this.#fail('unreachable', 'no connection in time'), owner.settings.connectMs)
    this.#socket
      .on('connect', () => this.#stand())
      .on('data', (chunk: Buffer) => this.#read(chunk))
      .on('drain', () => this.#borrower?.onDrain())
      .on('timeout', () => this.#silent())
      .on('end', () => this.#ended())
      .on('error', error => this.#fail(this.#connecting ? 'unreachable' : 'closed', error.message))
      .on('close', () => this.#fail('closed', 'the server closed the connection'))
  }

  /** Nothing has been sent on it yet. */
  get fresh(): boolean {
    return !this.#used
  }

  get dead(): boolean {
    return this.#dead
  }

  /** Sends the head of a request, and tells the borrower of everything from then on. */
  begin(borrower: Borrower, {method, head, hasBody, isUpgrade}: Sending): void {
    this.#used = true
    this.#borrower = borrower
    this.#sent = !hasBody
    this.#lasts = !isUpgrade
    this.#parser.expect(method, borrower)
    this.#socket.write(head, 'latin1')
    if (!this.#connecting) borrower.onReady()
  }

  /** Sends a piece of the body. @returns false where the borrower should wait for {@link Borrower.onDrain} */
  write(chunk: Buffer | string): boolean {
    return this.#socket.write(chunk, 'latin1')
  }

  /** Sends a piece of a chunked body. */
  writeChunk(chunk: Buffer): boolean {
    this.#socket.cork()
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    this.#socket.write(chunk)
    const room = this.#socket.write('\r\n', 'latin1')
    this.#socket.uncork()
    return room
  }

  /** The body is complete. */
  sent(): void {
    this.#sent = true
    this.#release()
  }

  /** The client is slow: reads no more until {@link resume}. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Hands the bare socket over, after a 101. */
  surrender(): Socket {
    this.#dead = true
    this.#socket.setTimeout(0)
    this.#socket
      .removeAllListeners('data')
      .removeAllListeners('end')
      .removeAllListeners('timeout')
      .removeAllListeners('drain')
    this.#owner.onGone(this)
    return this.#socket
  }

  /** What came together with the 101 is the first that the socket's new owner reads. */
  giveBack(bytes: Buffer): void {
    this.#socket.unshift(bytes)
  }

  /** Ends it without another word to the borrower. */
  destroy(): void {
    if (this.#dead) return
    this.#dead = true
    this.#borrower = undefined
    this.#parser.abandon()
    clearTimeout(this.#connecting)
    this.#socket.destroy()
    this.#owner.onGone(this)
  }

  #stand(): void {
    clearTimeout(this.#connecting)
    this.#connecting = undefined
    this.#socket.setTimeout(this.#owner.settings.idleMs)
    this.#borrower?.onReady()
  }

  #read(chunk: Buffer): void {
    const complaint = this.#push(chunk)
    if (complaint !== undefined) this.#fail('protocol', complaint)
    else if (this.#parser.idle) this.#release()
    else this.#borrower?.onPause()
  }

  /** What the borrower cannot pass on is as bad as what cannot be read. */
  #push(chunk: Buffer): string | undefined {
    try {
      return this.#parser.push(chunk)
    } catch (error) {
      return String(error)
    }
  }

  /** Free once the request is sent and the answer read; closed where an answer came before the request was whole. */
  #release(): void {
    if (this.#dead || !this.#borrower || !this.#parser.idle) return
    this.#borrower = undefined
    const head = this.#parser.head
    if (!this.#sent || !this.#lasts || !head?.keepAlive) this.destroy()
    else this.#owner.onFree(this, head.keepAliveSeconds)
  }

  #silent(): void {
    if (this.#borrower === undefined) this.destroy()
    else if (!this.#borrower.waitsForClient()) this.#fail('timeout', 'the server kept silent for too long')
  }

  #ended(): void {
    const complaint = this.#parser.finish()
    if (complaint !== undefined) this.#fail('closed', complaint)
    else this.destroy()
  }

  #fail(kind: Trouble['kind'], message: string): void {
    if (this.#dead) return
    const borrower = this.#borrower
    const trouble = {kind, message, unsent: this.#connecting !== undefined, begun: this.#parser.begun}
    this.destroy()
    borrower?.onTrouble(trouble)
  }
}
