import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

/** A client that sends just these bytes, and everything it got back until the other side closed. */
export async function talk(address: string, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const client = await dial(address)
  for (const piece of pieces) {
    client.send(piece)
    // Each piece in a packet of its own.
    await new Promise(resolve => setImmediate(resolve))
  }
  return client.closed()
}

/** One connection, byte by byte. */
export interface RawClient {
  readonly socket: Socket
  send(bytes: string | Buffer): void
  /** Everything so far, once it contains `text`. */
  until(text: string): Promise<string>
  /** Everything, once the other side has closed. */
  closed(): Promise<string>
}

export function dial(address: string): Promise<RawClient> {
  const [host, port] = address.split(':')
  const socket = connect({host: host ?? '', port: Number(port)})
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject)
      resolve(rawClient(socket))
    })
  })
}

/** Reads and writes on a connection that stands. */
export function rawClient(socket: Socket): RawClient {
  let got = ''
  let isClosed = false
  const looks = new Set<() => void>()
  const look = () => {
    for (const each of looks) each()
  }
  socket
    .on('data', (bytes: Buffer) => {
      got += bytes.toString('latin1')
      look()
    })
    .on('error', () => socket.destroy())
    .on('close', () => {
      isClosed = true
      look()
    })
  const when = (holds: () => boolean) =>
    new Promise<string>(resolve => {
      const each = () => {
        if (!holds()) return
        looks.delete(each)
        resolve(got)
      }
      looks.add(each)
      each()
    })
  return {
    socket,
    send: bytes => void socket.write(bytes, 'latin1'),
    until: text => when(() => got.includes(text) || isClosed),
    closed: () => when(() => isClosed),
  }
}

/** A server that is a script: what it does with each connection is up to the test. */
export async function startScript(
  onConnection: (client: RawClient) => void,
): Promise<{address: string; connections(): number; close(): Promise<void>}> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    onConnection(rawClient(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return {address: `127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections, close}
}
