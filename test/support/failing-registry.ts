import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/** What becomes of a request: an answer that says 503, half of the right one before the connection is cut, or nothing. */
export type Fault = 'unavailable' | 'cut' | 'silent'

/** A registry that passes everything on to another, but for what it is told to fail at. */
export interface FailingRegistry {
  readonly url: string
  /** From now on, requests whose path fits fail so; none without arguments. */
  readonly fail: (path?: RegExp, fault?: Fault) => void
  readonly close: () => Promise<void>
}

/** Starts one on loopback. Packages are asked for at its own address, so that no tarball goes past it. */
export async function startFailingRegistry(behind: string): Promise<FailingRegistry> {
  let failing: {readonly path?: RegExp; readonly fault?: Fault} = {}
  const server = createServer((asked, answer) => {
    const fault = failing.path?.test(asked.url ?? '') ? failing.fault : undefined
    if (fault === 'unavailable') answer.writeHead(503).end()
    else if (fault !== 'silent') passOn(behind, asked, answer, fault === 'cut')
  })
  server.keepAliveTimeout = 65_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    fail(path, fault) {
      failing = {...(path && {path}), ...(fault && {fault})}
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function passOn(behind: string, {url = '/', method, headers}: IncomingMessage, answer: ServerResponse, cut: boolean) {
  const asking = request(new URL(url, behind), {method, headers, agent: false}, from => {
    answer.writeHead(from.statusCode ?? 500, from.headers)
    if (!cut) return from.pipe(answer)
    const half = Number(from.headers['content-length']) / 2
    return from.once('data', (part: Buffer) => answer.write(part.subarray(0, half), () => answer.destroy()))
  })
  asking.on('error', () => answer.destroy()).end()
}
