import type {IncomingMessage, ServerResponse} from 'node:http'
import {countLatency} from '../counts/meter.ts'
import type {Borrower, Connection, Trouble} from './connection.ts'
import type {Pool} from './pool.ts'
import type {ResponseHead} from './response-head.ts'
import type {Server} from './server.ts'
import {answerPlainly, letGo} from './refusal.ts'

/** Where requests of one service go. */
export interface Choice {
  /** The pool whose turn it is. */
  next(): Pool | undefined
  /** Another server for a request that one server left unanswered: of the same pool if there is one. */
  other(pool: Pool, tried: readonly Server[]): {pool: Pool; server: Server} | undefined
  readonly retries: number
}

/** One request of a client, ready to be sent. */
export interface Order {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: string
  readonly body: 'none' | 'length' | 'chunked'
  /** The client's connection ends with this answer. */
  isLast(): boolean
  /** What happens when the server agrees to change the protocol; absent where the client did not ask for that. */
  readonly onSwitch?: (head: ResponseHead, connection: Connection, done: () => void) => void
}

/** These may be asked twice (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Up to here it is cheaper to copy a body behind its head, which Node does with text, than to write the two apart. */
const SMALL_BYTES = 16_384

/** What a client is told; nothing of who stands behind us. */
const ANSWERS: Record<Trouble['kind'], [status: number, why: string]> = {
  unreachable: [502, 'no server could be reached'],
  closed: [502, 'the server closed the connection without an answer'],
  protocol: [502, 'the server gave no proper answer'],
  timeout: [504, 'the server did not answer in time'],
}

/** Carries one request to a server and the answer back; to another server where the first left it unanswered. */
export class Exchange implements Borrower {
  readonly #order: Order
  readonly #choice: Choice
  readonly #tried: Server[] = []
  #pool: Pool
  #server: Server
  #connection: Connection | undefined
  #begunAt = 0
  #status = 0
  #bodyBegun = false
  #bodySent: boolean
  #interim = false
  #bodySeen = false
  #paused = false

  constructor(order: Order, choice: Choice, pool: Pool, server: Server) {
    this.#order = order
    this.#choice = choice
    this.#pool = pool
    this.#server = server
    this.#bodySent = order.body === 'none'
  }

  start(): void {
    this.#order.response.on('close', () => this.#clientGone()).on('error', ignore)
    this.#attempt()
  }

  #attempt(): void {
    this.#tried.push(this.#server)
    this.#pool.meter.requests++
    this.#pool.inFlight++
    this.#server.inFlight++
    this.#begunAt = performance.now()
    this.#connection = this.#server.borrow()
    if (this.#connection.fresh || IDEMPOTENT.has(this.#method)) this.#begin()
    else setImmediate(() => this.#begin())
  }

  /**
   * What may be asked only once is asked one turn of the event loop later, on a kept connection: by then we have heard
   * if the server has closed it, and take another.
   */
  #begin(): void {
    if (!this.#connection) return
    if (this.#connection.dead) this.#connection = this.#server.borrow()
    const {head, onSwitch} = this.#order
    this.#connection.begin(this, {
      method: this.#method,
      head,
      hasBody: !this.#bodySent,
      isUpgrade: onSwitch !== undefined,
    })
  }

  get #method(): string {
    return this.#order.request.method ?? 'GET'
  }

  /** The end of one attempt, however it ended. */
  #settle(): void {
    if (!this.#connection) return
    this.#connection = undefined
    this.#pool.inFlight--
    this.#server.inFlight--
  }

  onReady(): void {
    if (this.#bodySent || this.#bodyBegun) return
    this.#bodyBegun = true
    this.#order.request
      .on('data', (chunk: Buffer) => this.#sendBody(chunk))
      .on('end', () => this.#endBody())
      .on('error', () => this.#clientGone())
  }

  #sendBody(chunk: Buffer): void {
    const connection = this.#connection
    if (!connection) return
    const room = this.#order.body === 'chunked' ? connection.writeChunk(chunk) : connection.write(chunk)
    if (!room) this.#order.request.pause()
  }

  #endBody(): void {
    if (this.#bodySent) return
    this.#bodySent = true
    if (this.#order.body === 'chunked')
      this.#connection?.write(`0\r\n${trailerLines(this.#order.request.rawTrailers)}\r\n`)
    this.#connection?.sent()
  }

  onDrain(): void {
    this.#order.request.resume()
  }

  waitsForClient(): boolean {
    return this.#paused || (this.#bodyBegun && !this.#bodySent && !this.#order.request.isPaused())
  }

  onInterim(head: ResponseHead): void {
    this.#interim = true
    const {request, response} = this.#order
    if (head.status === 100) {
      if (request.headers.expect !== undefined) response.writeContinue()
    } else if (request.httpVersion === '1.1' && response.socket && !response.headersSent) {
      response.socket.write(interimText(head), 'latin1')
    }
  }

  onHead(head: ResponseHead): void {
    this.#status = head.status
    countLatency(this.#pool.meter, performance.now() - this.#begunAt)
    if (head.status === 101) return this.#switch(head)
    if (head.status >= 500) this.#pool.meter.errors++
    const {response, request} = this.#order
    // Nobody can tell any more whether a client that expected a 100 will send its body.
    if (request.headers.expect !== undefined && !request.complete) response.shouldKeepAlive = false
    if (this.#order.isLast()) response.shouldKeepAlive = false
    response.writeHead(head.status, head.reason, head.headers as string[])
  }

  /** A head must not wait for a body that is long in coming. */
  onPause(): void {
    if (this.#status >= 200 && !this.#bodySeen) this.#order.response.flushHeaders()
  }

  #switch(head: ResponseHead): void {
    const connection = this.#connection
    if (!connection) return
    if (this.#order.onSwitch) this.#order.onSwitch(head, connection, () => this.#settle())
    else this.#broken({kind: 'protocol', message: 'a 101 that nobody asked for', unsent: false, begun: true})
  }

  onData(chunk: Buffer, last: boolean): void {
    this.#bodySeen = true
    const {response} = this.#order
    if (this.#status === 101) this.#connection?.giveBack(chunk)
    else if (last && chunk.length <= SMALL_BYTES) response.end(chunk.toString('latin1'), 'latin1')
    else if (last) response.end(chunk)
    else if (!response.write(chunk)) this.#hold()
  }

  /** The client reads slowly, so the server has to wait. */
  #hold(): void {
    if (this.#paused) return
    this.#paused = true
    this.#connection?.pause()
    this.#order.response.once('drain', () => {
      this.#paused = false
      this.#connection?.resume()
    })
  }

  onEnd(trailers: readonly string[]): void {
    this.#settle()
    const {request, response} = this.#order
    if (!this.#bodySent) letGo(request)
    if (response.writableEnded) return
    if (trailers.length > 0) response.addTrailers(pairs(trailers))
    response.end()
  }

  onTrouble(trouble: Trouble): void {
    this.#pool.meter.errors++
    if (trouble.kind === 'unreachable') this.#server.suspectNow()
    const other = this.#mayRetry(trouble) ? this.#choice.other(this.#pool, this.#tried) : undefined
    this.#settle()
    if (!other) return this.#broken(trouble)
    this.#pool = other.pool
    this.#server = other.server
    this.#attempt()
  }

  /** Once a byte of the body has been taken from the client, or a byte of an answer seen, there is no second try. */
  #mayRetry({kind, unsent, begun}: Trouble): boolean {
    if (this.#tried.length > this.#choice.retries || this.#bodyBegun || this.#interim || begun) return false
    return unsent || (kind === 'closed' && IDEMPOTENT.has(this.#method))
  }

  /** The client gets to know: by an answer, or, in the middle of one, by its end being missing. */
  #broken(trouble: Trouble): void {
    this.#connection?.destroy()
    this.#settle()
    const {request, response} = this.#order
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (!this.#bodySent) letGo(request)
    answerPlainly(response, ...ANSWERS[trouble.kind])
  }

  /** The client has not got its whole answer yet. */
  get isOpen(): boolean {
    return !this.#order.response.writableFinished
  }

  /** The client has broken its own request. */
  refuse(status: number): void {
    this.#connection?.destroy()
    this.#settle()
    const {response} = this.#order
    response.shouldKeepAlive = false
    if (response.headersSent) response.destroy()
    else answerPlainly(response, status, 'the request cannot be understood')
  }

  /** Called at the end of every exchange; where it comes early, the client has given up. */
  #clientGone(): void {
    const connection = this.#connection
    if (!connection || this.#status === 101) return
    this.#settle()
    connection.destroy()
  }
}

/** What can fail here is a client that is gone, and `close` tells that. */
function ignore(): void {}

function pairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) list.push([raw[index] ?? '', raw[index + 1] ?? ''])
  return list
}

/** What may not come after the body, since it was needed before it (RFC 9110, 6.5.1). */
const NEVER_TRAILER =
  /^(?:transfer-encoding|content-length|content-type|content-encoding|host|authorization|connection|expect|te|trailer|cookie|x-forwarded-.*)$/i

function trailerLines(raw: readonly string[]): string {
  return pairs(raw)
    .filter(([name]) => !NEVER_TRAILER.test(name))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

function interimText(head: ResponseHead): string {
  const lines = pairs(head.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${lines.join('')}\r\n`
}
