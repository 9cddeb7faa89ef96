import {type IncomingMessage, type ServerResponse, STATUS_CODES} from 'node:http'
import type {Duplex} from 'node:stream'

/** Answers in the server's place: a status and a line of text. */
export function answerPlainly(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent || response.destroyed) return
  const text = `${status} ${why}\n`
  response.writeHead(status, {'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text)})
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

/** Answers on a connection that has no request, or none that could be read, and closes it. */
export function refuseRaw(socket: Duplex, status: number): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  socket.end(head, 'latin1', () => socket.destroy())
}

/** How long a client may go on sending a body that nobody reads any more. */
const LINGER_MS = 5_000

/**
 * Throws the rest of a body away. A client that is still sending would otherwise be reset before it has read its
 * answer; one that never ends is cut off.
 */
export function letGo(request: IncomingMessage): void {
  if (request.complete) return
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS)
  request.on('close', () => clearTimeout(timer)).resume()
}
