import {createSocket} from 'node:dgram'
import {createServer, isIPv6, type Socket} from 'node:net'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {SyslogAddress} from '../../core/config/config.ts'
import {framer, lineOf} from '../../core/usage/scan/syslog.ts'
import {codeOf} from '../files.ts'
import {droppedAt} from './drops.ts'

/** What comes in on one address, until somebody closes it. */
export interface Ear {
  /** What was lost since the last time, in words; counted by the kernel, or seen in a stream. */
  losses(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface Heard {
  /** Told each message as one line, with its newline. */
  readonly line: (line: Uint8Array) => void
  /** Told what a person should know. */
  readonly say: (text: string) => void
}

/** Asked of the kernel, which gives what `net.core.rmem_max` allows. */
const RECEIVE_BYTES = 8 << 20

/** Listens for syslog on an address. */
export function listenOn(address: SyslogAddress, heard: Heard): Promise<Result<Ear>> {
  return address.by === 'udp' ? listenUdp(address, heard) : listenTcp(address, heard)
}

function listenUdp({host, port}: SyslogAddress, {line, say}: Heard): Promise<Result<Ear>> {
  const socket = createSocket({type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BYTES})
  let before = 0
  async function losses(): Promise<readonly string[]> {
    const now = await droppedAt(host, port)
    if (now === undefined) return ['this system does not count the datagrams that it drops']
    const dropped = now - before
    before = now
    return dropped > 0 ? [`the kernel dropped ${dropped} datagrams`] : []
  }
  socket.on('message', message => line(lineOf(message)))
  return new Promise(resolve => {
    socket.once('error', error => resolve(fail(cannotListen(`udp://${host}:${port}`, error))))
    socket.bind(port, host, () => {
      const got = socket.getRecvBufferSize()
      // Linux doubles what it grants, for its own book-keeping.
      if (got < RECEIVE_BYTES)
        say(`udp://${host}:${port} has a buffer of ${got >> 11} KB only; raise net.core.rmem_max to ${RECEIVE_BYTES}`)
      // The socket is new, and so are its counts.
      resolve(ok({losses, close: () => new Promise(closed => socket.close(() => closed()))}))
    })
  })
}

function listenTcp({host, port}: SyslogAddress, {line}: Heard): Promise<Result<Ear>> {
  const open = new Set<Socket>()
  let torn: string[] = []
  const server = createServer(socket => {
    open.add(socket)
    const frames = framer(message => line(lineOf(message)))
    socket.on('data', bytes => {
      if (frames.push(bytes)) return
      torn.push('a sender of syslog was not understood')
      socket.destroy()
    })
    socket.on('error', () => torn.push('a connection of syslog broke'))
    socket.on('close', () => {
      open.delete(socket)
      if (frames.pending() > 0) torn.push('a connection of syslog ended within a message')
    })
  })
  return new Promise(resolve => {
    server.once('error', error => resolve(fail(cannotListen(`tcp://${host}:${port}`, error))))
    server.listen(port, host, () =>
      resolve(
        ok({
          losses() {
            const lost = torn
            torn = []
            return Promise.resolve(lost)
          },
          close: () =>
            new Promise(closed => {
              server.close(() => closed())
              for (const socket of open) socket.destroy()
            }),
        }),
      ),
    )
  })
}

function cannotListen(where: string, error: Error) {
  const hints: Readonly<Record<string, string>> = {
    EADDRINUSE: 'somebody else listens there',
    EACCES: 'ports below 1024 need rights of their own: take a higher one',
    EADDRNOTAVAIL: 'this machine has no such address',
  }
  const code = codeOf(error)
  return failure('not-found', {
    message: `cannot listen on ${where}: ${code ?? error.message}`,
    hint: hints[code ?? ''] ?? 'see `syslog` of the source in sluice.yaml',
  })
}
