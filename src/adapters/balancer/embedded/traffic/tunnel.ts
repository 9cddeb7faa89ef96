import type {Duplex} from 'node:stream'
import type {DurationMs} from '../../../../core/base/units.ts'
import type {Socket} from 'node:net'
import type {ResponseHead} from './response-head.ts'

/** Tells the client that the protocol has changed. */
export function switchingText(head: ResponseHead): string {
  let text = `HTTP/1.1 101 ${head.reason}\r\n`
  for (let index = 0; index < head.headers.length; index += 2) {
    text += `${head.headers[index] ?? ''}: ${head.headers[index + 1] ?? ''}\r\n`
  }
  return `${text}Connection: Upgrade\r\nUpgrade: ${head.upgrade ?? ''}\r\n\r\n`
}

/** Joins the two ends until both have closed, one has failed, or neither has said anything for `idleMs`. */
export function tunnel(client: Duplex, server: Socket, idleMs: DurationMs, done: () => void): void {
  const cut = () => {
    client.destroy()
    server.destroy()
  }
  client.on('error', cut).on('close', cut)
  server.on('error', cut).on('close', () => {
    cut()
    done()
  })
  server.setTimeout(idleMs, cut)
  client.pipe(server)
  server.pipe(client)
}
