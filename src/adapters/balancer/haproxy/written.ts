import type {OptionFinding, OptionReader, Readers} from '../../options.ts'

/** As they are written. */
export interface WrittenHaproxy {
  readonly socket: string
  readonly tls: Tls
  readonly dynamic: boolean
  readonly stateFile: string
  readonly mode: 'weights' | 'map'
  readonly map: string
  readonly brownouts: string
}

/** Paths of PEM files. */
export type Tls = Partial<Readonly<Record<(typeof PEMS)[number], string>>>

export const PEMS = ['ca', 'cert', 'key'] as const

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value !== '' ? value : undefined),
  wants: 'a path',
}

export const HAPROXY_OPTIONS: Readers<WrittenHaproxy> = {
  socket: {...path, wants: 'the `stats socket`: a path such as /run/haproxy/admin.sock, or host:port'},
  tls: {read: tlsOf, wants: 'a mapping of paths of PEM files: { ca, cert, key }'},
  dynamic: {read: value => (typeof value === 'boolean' ? value : undefined), wants: 'true or false'},
  stateFile: path,
  mode: {read: value => (value === 'weights' || value === 'map' ? value : undefined), wants: 'weights or map'},
  map: path,
  brownouts: path,
}

/** What is wrong between options that are right each for itself. */
export function haproxyAmiss({socket, tls, mode, map}: Readonly<Record<string, unknown>>): readonly OptionFinding[] {
  const found: OptionFinding[] = []
  if (socket === undefined)
    found.push({on: 'key', message: 'the haproxy balancer has no socket', hint: `name ${HAPROXY_OPTIONS.socket.wants}`})
  if (mode === 'map' && map === undefined)
    found.push({
      key: 'mode',
      on: 'value',
      message: 'mode: map has no map',
      hint: 'name the file of the map as HAProxy does: map: /etc/haproxy/sluice.map',
    })
  if (mode !== 'map' && map !== undefined)
    found.push({
      key: 'map',
      on: 'key',
      message: 'a map is named, and shared out by weights',
      hint: 'say mode: map, or leave the map out',
    })
  if (tls !== undefined && typeof socket === 'string' && !HOST_AND_PORT.test(socket))
    found.push({
      key: 'tls',
      on: 'key',
      message: 'tls goes with host:port',
      hint: `${socket} is a path: leave tls out, or name host:port`,
    })
  return found
}

/** What is not this is a path. */
export const HOST_AND_PORT = /^\[?([^\]/]+?)\]?:(\d+)$/

function tlsOf(value: unknown): Tls | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const isOne = (name: string): name is (typeof PEMS)[number] => (PEMS as readonly string[]).includes(name)
  const entries = Object.entries(value)
  if (!entries.every(([name, path]) => isOne(name) && typeof path === 'string')) return undefined
  return Object.fromEntries(entries) as Tls
}
