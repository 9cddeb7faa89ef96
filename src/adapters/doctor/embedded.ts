import {createServer} from 'node:net'
import type {RouteConfig} from '../../core/config/config.ts'
import type {DurationMs} from '../../core/base/units.ts'
import type {Finding} from '../../ports/finding.ts'
import {ask} from '../balancer/embedded/control/ask.ts'
import {highestSocket} from '../balancer/embedded/control/socket.ts'
import {logFile} from '../balancer/embedded/log.ts'
import {parseAddress} from '../balancer/embedded/table/address.ts'
import {badly} from './finding.ts'

const HELLO_MS: DurationMs = 5_000

/** The balancer of our own: its process, and its ports, which it has already where it runs. */
export async function lookAtEmbedded(
  area: string,
  routes: readonly RouteConfig[],
  folder: string,
): Promise<readonly Finding[]> {
  const socket = highestSocket(folder)
  const ports = routes.map(({listen}) => lookAtPort(area, listen, socket !== undefined))
  const process = socket === undefined ? [] : [await lookAtProcess(area, socket, folder)]
  return [...process, ...(await Promise.all(ports)).flat()]
}

/** Whether it answers, and whether somebody would take over from it. */
async function lookAtProcess(area: string, socket: string, folder: string): Promise<Finding> {
  const hello = await ask<'hello'>(socket, {do: 'hello'}, HELLO_MS)
  if (hello === 'nobody') {
    const text = 'has run, and does not now'
    return {area, what: 'process', level: 'note', text, todo: 'the next command that needs it starts it'}
  }
  if (!hello.ok) return badly(area, 'process', hello.failure)
  const {pid, standby} = hello.value
  if (standby !== undefined) return {area, what: 'process', level: 'good', text: `pid ${pid}, standby ${standby}`}
  return {
    area,
    what: 'process',
    level: 'note',
    text: `pid ${pid}, without a standby: were it killed now, nobody would answer until the next command`,
    todo: `look again in a moment; where there is still none, ${logFile(folder)} says why`,
  }
}

async function lookAtPort(area: string, listen: string | undefined, runs: boolean): Promise<readonly Finding[]> {
  const at = listen === undefined ? undefined : parseAddress(listen)
  if (listen === undefined || !at) return []
  const why = await taken(at)
  if (why === undefined) return [{area, what: listen, level: 'good', text: 'free'}]
  if (runs) return [{area, what: listen, level: 'good', text: `${why}, and the balancer of this environment runs`}]
  return [
    {area, what: listen, level: 'bad', text: why, todo: 'end who listens there, or name another listen in the route'},
  ]
}

function taken({host, port}: {readonly host: string; readonly port: number}): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'in use' : `cannot be listened on: ${error.code ?? error.message}`
      resolve(why)
    })
    server.listen({host, port, exclusive: true}, () => server.close(() => resolve(undefined)))
  })
}
