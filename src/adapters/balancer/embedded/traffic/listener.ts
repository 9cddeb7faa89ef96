import {createServer, type IncomingMessage, ServerResponse, type Server as HttpServer} from 'node:http'
import type {Server, Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {addressOf} from '../counts/caller.ts'
import type {Settings} from '../settings.ts'
import type {Handle} from '../standby/handle.ts'
import type {Address} from '../table/address.ts'
import type {Connection} from './connection.ts'
import {Exchange, type Order} from './exchange.ts'
import {answerPlainly, letGo, refuseRaw} from './refusal.ts'
import {type Asked, passOn} from './request-head.ts'
import type {ResponseHead} from './response-head.ts'
import type {Service} from './service.ts'
import {switchingText, tunnel} from './tunnel.ts'
import {mayTunnel, withoutUpgrade} from './upgrade.ts'

/** More than any sane client sends, and a bound on what a hostile one makes us hold. */
const MAX_HEAD_BYTES = 32_768
/** How much longer a silent client is kept than a silent server, so that it still gets to know. */
const CLIENT_MARGIN_MS = 15_000

const IDLE_SWEEP_MS = 250
/** Who may wait to be let in. */
const BACKLOG = 1024
/** Node since 24.9 asks which upgrades to hand over; before, it hands over all, and we give back what we do not want. */
const NATIVE_CHOICE: object = {shouldUpgradeCallback: mayTunnel}

/** What a listener has to know of the world around it. */
export interface House {
  /** Told of every request that is to be passed on; says whether it is answered 410 instead. */
  isGone(service: Service, request: IncomingMessage): boolean
}

/** One address on which one service takes requests. */
export class Listener {
  readonly #service: Service
  readonly #house: House
  readonly #server: HttpServer
  #closing = false
  readonly #isClosing = () => this.#closing
  readonly #tunnels = new Set<Duplex>()

  constructor(service: Service, house: House) {
    this.#service = service
    this.#house = house
    this.#server = createServer({
      insecureHTTPParser: false,
      // We look at it ourselves: Node would answer, and go on with what else the client has sent.
      requireHostHeader: false,
      ...NATIVE_CHOICE,
      maxHeaderSize: MAX_HEAD_BYTES,
      connectionsCheckingInterval: 1_000,
      // An upload may take as long as it likes, if only it does not stand still.
      requestTimeout: 0,
      keepAlive: true,
      noDelay: true,
    })
    // Past its limit Node drops headers without a word, be it the one that says how long the body is.
    this.#server.maxHeadersCount = 0
    this.configure(service.entry.settings)
    this.#server
      .on('request', (request, response) => this.#handle(request, response))
      .on('checkContinue', (request, response) => this.#handle(request, response))
      .on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
      .on('connect', (_request, socket) => refuseRaw(socket, 405))
      .on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#distrust(socket, statusOf(error)))
  }

  configure(settings: Settings): void {
    this.#server.headersTimeout = settings.headersMs
    this.#server.keepAliveTimeout = settings.keepAliveMs
    this.#server.timeout = settings.idleMs + CLIENT_MARGIN_MS
    this.#server.maxConnections = settings.maxConnections
  }

  /** What listens. */
  get server(): Server {
    return this.#server
  }

  /**
   * Resolves when the address is ours; rejects when it cannot be had.
   * @param left a socket that listens there already, with those who wait to be let in
   */
  listen({host, port}: Address, left: Handle | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const listening = () => {
        this.#server.off('error', reject).on('error', () => undefined)
        resolve()
      }
      this.#server.once('error', reject)
      if (left) this.#server.listen(left, BACKLOG, listening)
      else this.#server.listen({host, port, backlog: BACKLOG}, listening)
    })
  }

  /** Takes no more connections, ends those that are idle, and tells the others after their answer. Resolves when all are gone. */
  close(): Promise<void> {
    this.#closing = true
    // An answer whose head had gone out before left its connection open.
    const sweeper = setInterval(() => this.#server.closeIdleConnections(), IDLE_SWEEP_MS)
    return new Promise(resolve => {
      this.#server.close(() => {
        clearInterval(sweeper)
        resolve()
      })
    })
  }

  /** Cuts off whoever is still there. */
  cut(): void {
    this.#server.closeAllConnections()
    for (const socket of this.#tunnels) socket.destroy()
  }

  /** What comes now is no HTTP: that is the answer to the request it belongs to, or to none, and the last one. */
  #distrust(socket: Socket, status: number): void {
    const talk = talkOn(socket)
    if (talk.isDistrusted) socket.destroySoon()
    else if (talk.last?.isOpen) talk.last.refuse(status)
    else refuseRaw(socket, status)
    talk.isDistrusted = true
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.#pass(request, response, undefined)
  }

  #pass(request: IncomingMessage, response: ServerResponse, change: Change | undefined): void {
    const talk = talkOn(request.socket)
    if (talk.isDistrusted) return
    const passed = passOn(askedOf(request), change?.protocol)
    if ('status' in passed) {
      talk.isDistrusted = true
      return refuse(request, response, passed.status, passed.why)
    }
    if (this.#house.isGone(this.#service, request))
      return refuse(request, response, 410, 'this version is about to go: ask whoever runs this service how to move')
    const pool = this.#service.next()
    const server = pool?.next([])
    if (!pool || !server) return refuse(request, response, 503, 'no server is there for this service')
    const order = {
      request,
      response,
      ...passed,
      isLast: this.#isClosing,
      ...(change ? {onSwitch: change.onSwitch} : {}),
    }
    talk.last = new Exchange(order, this.#service, pool, server)
    talk.last.start()
  }

  /** Node hands an upgrade over without a response object; it gets one for the case that the server declines. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!mayTunnel(request)) return this.#asUsual(request, socket, head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket as Socket)
    response.on('finish', () => socket.end())
    socket.on('error', () => socket.destroy())
    const onSwitch = (answer: ResponseHead, connection: Connection, done: () => void) => {
      response.detachSocket(socket as Socket)
      socket.write(switchingText(answer), 'latin1')
      const server = connection.surrender()
      if (head.length > 0) server.write(head)
      this.#tunnels.add(socket)
      tunnel(socket, server, this.#service.entry.settings.tunnelMs, () => {
        this.#tunnels.delete(socket)
        done()
      })
    }
    this.#pass(request, response, {protocol: String(request.headers.upgrade), onSwitch})
  }

  /**
   * A protocol that is not passed on is not changed to, and the request is answered as if nobody had asked (RFC 9110,
   * 7.8); Java's client asks for h2c with its every first request. The bytes go in again without the wish.
   */
  #asUsual(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(request), 'latin1'), head]))
    this.#server.emit('connection', socket)
  }
}

/** What we know of a client's connection. It hangs on the socket, where it is found at no cost. */
interface Talk {
  last: Exchange | undefined
  /** The client does not speak as it should: whatever else it has sent is not to be trusted. */
  isDistrusted: boolean
}

const TALK = Symbol('talk')

function talkOn(socket: Duplex & {[TALK]?: Talk}): Talk {
  socket[TALK] ??= {last: undefined, isDistrusted: false}
  return socket[TALK]
}

interface Change {
  readonly protocol: string
  readonly onSwitch: NonNullable<Order['onSwitch']>
}

function askedOf(request: IncomingMessage): Asked {
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    httpVersion: request.httpVersion,
    rawHeaders: request.rawHeaders,
    remoteAddress: addressOf(request.socket),
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, why: string): void {
  response.shouldKeepAlive = false
  letGo(request)
  answerPlainly(response, status, why)
}

function statusOf(error: NodeJS.ErrnoException): number {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 431
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400
}
