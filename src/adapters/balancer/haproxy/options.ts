import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Endpoint} from './socket.ts'

/** The options of `balancer: { driver: haproxy, ... }`, parsed. */
export interface HaproxySettings {
  readonly endpoint: Endpoint
  readonly dynamic: boolean
  /** Path of HAProxy's `server-state-file`. */
  readonly stateFile?: string
}

interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** @param readText reads a file named in the options: certificates. */
export async function parseOptions(
  written: Readonly<Record<string, unknown>>,
  readText: (path: string) => Promise<string>,
): Promise<Result<HaproxySettings>> {
  const {socket, dynamic, stateFile, tls, ...unknown} = written
  const surplus = Object.keys(unknown)[0]
  if (surplus !== undefined)
    return wrong(
      `option ${JSON.stringify(surplus)} is not known to the haproxy balancer`,
      'it knows socket, dynamic, stateFile and tls',
    )
  if (typeof socket !== 'string')
    return wrong(
      `socket is ${JSON.stringify(socket)}`,
      'name the `stats socket`: /run/haproxy/admin.sock, or host:port',
    )
  const endpoint = await endpointOf(socket, tls as Tls | undefined, readText)
  return ok({
    endpoint,
    dynamic: dynamic === true || dynamic === 'true',
    ...(typeof stateFile === 'string' && {stateFile}),
  })
}

async function endpointOf(
  socket: string,
  tls: Tls | undefined,
  readText: (path: string) => Promise<string>,
): Promise<Endpoint> {
  const tcp = /^\[?([^\]/]+?)\]?:(\d+)$/.exec(socket)
  if (!tcp) return {by: 'unix', path: socket}
  const [host, port] = [tcp[1] ?? '', Number(tcp[2])]
  if (!tls) return {by: 'tcp', host, port}
  const text = async (name: keyof Tls) => (tls[name] === undefined ? {} : {[name]: await readText(tls[name])})
  return {by: 'tls', host, port, ...(await text('ca')), ...(await text('cert')), ...(await text('key'))}
}

function wrong(message: string, hint: string): Result<never> {
  return fail(failure('config-invalid', {message, hint}))
}
