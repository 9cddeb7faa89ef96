import {dirname, resolve} from 'node:path'
import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {codeOf} from '../../files.ts'
import {type OptionReader, readOptions} from '../../options.ts'
import type {BalancerPlace} from '../place.ts'
import {type Endpoint, endpointNamed} from './socket.ts'

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

/** As they are written. */
interface Written {
  readonly socket: string
  readonly tls: Tls
  readonly dynamic: boolean
  readonly stateFile: string
  readonly mode: 'weights' | 'map'
  readonly map: string
  readonly brownouts: string
}

/** Paths of PEM files. */
type Tls = Partial<Readonly<Record<(typeof PEMS)[number], string>>>

const PEMS = ['ca', 'cert', 'key'] as const

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value !== '' ? value : undefined),
  wants: 'a path',
}

const READERS: {readonly [K in keyof Written]: OptionReader<Written[K]>} = {
  socket: {...path, wants: 'the `stats socket`: a path such as /run/haproxy/admin.sock, or host:port'},
  tls: {read: tlsOf, wants: 'a mapping of paths of PEM files: { ca, cert, key }'},
  dynamic: {read: value => (typeof value === 'boolean' ? value : undefined), wants: 'true or false'},
  stateFile: path,
  mode: {read: value => (value === 'weights' || value === 'map' ? value : undefined), wants: 'weights or map'},
  map: path,
  brownouts: path,
}

/** @param readText reads a file named in the options: certificates. */
export async function parseOptions(
  written: Readonly<Record<string, unknown>>,
  {file, environment}: Pick<BalancerPlace, 'file' | 'environment'>,
  readText: (path: string) => Promise<string>,
): Promise<Result<HaproxySettings>> {
  const read = readOptions<Written>(written, READERS, {
    driver: 'haproxy',
    file,
    key: `environments.${environment}.balancer`,
  })
  if (!read.ok) return read
  const {socket, tls, dynamic = false, stateFile, mode, map, brownouts} = read.value
  if (socket === undefined) return wrong('the haproxy balancer has no socket', `name ${READERS.socket.wants}`)
  if (mode === 'map' && map === undefined)
    return wrong('mode: map has no map', 'name the file of the map as HAProxy does: map: /etc/haproxy/sluice.map')
  if (mode !== 'map' && map !== undefined)
    return wrong('a map is named, and shared out by weights', 'say mode: map, or leave the map out')
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

function tlsOf(value: unknown): Tls | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const isOne = (name: string): name is (typeof PEMS)[number] => (PEMS as readonly string[]).includes(name)
  const entries = Object.entries(value)
  if (!entries.every(([name, path]) => isOne(name) && typeof path === 'string')) return undefined
  return Object.fromEntries(entries) as Tls
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
  if (plain.by !== 'tcp')
    return wrong('tls goes with host:port', `${socket} is a path: leave tls out, or name host:port`)
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

function wrong(message: string, hint: string): Result<never> {
  return fail(failure('config-invalid', {message, hint}))
}
