import {once} from 'node:events'
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'

/** A server behind a balancer that says who it is. */
export interface Backend {
  /** `host:port`. */
  readonly address: string
  /** Requests that have reached it. */
  readonly requests: number
  /** From now on every answer has this status. */
  answerWith(status: number): void
  /** From now on requests wait, until the returned function is called. */
  hold(): () => void
  /** Resolves when so many requests are being held. */
  holding(count: number): Promise<void>
  close(): Promise<void>
}

/**
 * Answers every request with its label as text.
 * @param port 0 for any
 */
export async function startBackend(label: string, port = 0): Promise<Backend> {
  let status = 200
  let requests = 0
  let isHeld = false
  const held: ServerResponse[] = []
  const waiting = new Set<() => void>()
  const answer = (response: ServerResponse) => response.writeHead(status, {'Content-Type': 'text/plain'}).end(label)
  const raw = await startRaw((request, response) => {
    requests++
    request.resume()
    if (isHeld) held.push(response)
    else answer(response)
    for (const look of waiting) look()
  }, port)

  return {
    address: raw.address,
    get requests() {
      return requests
    },
    answerWith: next => void (status = next),
    hold: () => {
      isHeld = true
      return () => {
        isHeld = false
        for (const response of held.splice(0)) answer(response)
      }
    },
    holding: count =>
      new Promise(resolve => {
        const look = () => {
          if (held.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: raw.close,
  }
}

/** A server of one's own making, on loopback. */
export async function startRaw(
  handle: RequestListener,
  port = 0,
): Promise<{address: string; server: Server; sockets: ReadonlySet<Socket>; close(): Promise<void>}> {
  const sockets = new Set<Socket>()
  const server = createServer(handle)
  // A balancer may keep a connection for later, which must not be closed while it is about to be used.
  server.keepAliveTimeout = 65_000
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    })
  return {address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets, close}
}
