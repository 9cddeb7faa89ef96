import {once} from 'node:events'
import {type AddressInfo, createServer, type Server} from 'node:net'
import {bug} from '../../../core/base/bug.ts'

/** Where instances answer: nobody outside this machine is meant to reach them but through the balancer. */
export const LOOPBACK = '127.0.0.1'

/**
 * A port that the system has to give and that is in nobody's record. It is free when this returns and may be taken
 * before the instance binds it; {@link lostItsPort} in lost-port.ts notices.
 */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  const held: Server[] = []
  try {
    // Held until one fits, or the system might offer the same one again.
    for (let tries = 0; tries < 100; tries++) {
      const server = await listening()
      held.push(server)
      const {port} = server.address() as AddressInfo
      if (!taken.has(port)) return port
    }
    return bug('a hundred free ports in a row were all in use')
  } finally {
    await Promise.all(held.map(server => new Promise(resolve => server.close(resolve))))
  }
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, LOOPBACK)
  await once(server, 'listening')
  return server
}
