import {dirname, resolve} from 'node:path'
import {bug} from '../../../core/base/bug.ts'
import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {codeOf} from '../../files.ts'
import {type OptionFinding, readOptions} from '../../options.ts'
import type {BalancerPlace} from '../place.ts'
import {type Endpoint, endpointNamed} from './socket.ts'
import {HAPROXY_OPTIONS, haproxyAmiss, PEMS, type Tls} from './written.ts'

/** The options of `balancer: { driver: haproxy, ... }`, parsed. */
export interface HaproxySettings {
  readonly endpoint: Endpoint
  readonly dynamic: boolean
  /** Path of HAProxy's `server-state-file`. */
  readonly stateFile?: string
  /** Path of the map that shares out the traffic; weights do without it. */
  readonly map?: string
  /** Path of the map that says what is answered 410. */
  readonly brownouts?: string
}

/** @param readText reads a file named in the options: certificates. */
export async function parseOptions(
  written: Readonly<Record<string, unknown>>,
  {file, environment}: Pick<BalancerPlace, 'file' | 'environment'>,
  readText: (path: string) => Promise<string>,
): Promise<Result<HaproxySettings>> {
  const read = readOptions(written, HAPROXY_OPTIONS, {
    driver: 'haproxy',
    file,
    key: `environments.${environment}.balancer`,
  })
  if (!read.ok) return read
  const {socket, tls, dynamic = false, stateFile, map, brownouts} = read.value
  const [amiss] = haproxyAmiss(written)
  if (amiss || socket === undefined) return wrong(amiss)
  const fromFile = (path: string) => resolve(dirname(file), path)
  const endpoint = await endpointOf(socket, tls, fromFile, readText)
  if (!endpoint.ok) return endpoint
  return ok({
    endpoint: endpoint.value,
    dynamic,
    ...(stateFile !== undefined && {stateFile: fromFile(stateFile)}),
    ...(map !== undefined && {map}),
    ...(brownouts !== undefined && {brownouts}),
  })
}

async function endpointOf(
  socket: string,
  tls: Tls | undefined,
  fromFile: (path: string) => string,
  readText: (path: string) => Promise<string>,
): Promise<Result<Endpoint>> {
  const plain = endpointNamed(socket)
  if (plain.by === 'unix' && !tls) return ok({by: 'unix', path: fromFile(plain.path)})
  if (!tls) return ok(plain)
  if (plain.by !== 'tcp') return bug(`${socket} is no host:port, and has TLS`)
  const {host, port} = plain
  const texts: Partial<Record<(typeof PEMS)[number], string>> = {}
  for (const name of PEMS) {
    const path = tls[name]
    if (path === undefined) continue
    try {
      texts[name] = await readText(fromFile(path))
    } catch (error) {
      return fail(unreadable(`tls.${name}`, path, error))
    }
  }
  return ok({by: 'tls', host, port, ...texts})
}

function unreadable(option: string, path: string, error: unknown): Failure {
  const hint = codeOf(error) === 'ENOENT' ? 'there is no such file' : 'may sluice read it?'
  return failure('config-invalid', {message: `${option} of haproxy: ${path} cannot be read`, hint})
}

function wrong(
  {message, hint}: OptionFinding = {on: 'key', message: 'the haproxy balancer has no socket'},
): Result<never> {
  return fail(failure('config-invalid', {message, ...(hint && {hint})}))
}
