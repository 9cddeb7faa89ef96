import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {PoolId} from '../../../ports/runtime.ts'
import {IN_MAINTENANCE, type ServerState} from './answers.ts'
import type {RememberedServer} from './memory.ts'
import type {Survey} from './survey.ts'
import {askedFor} from './version.ts'

/** Servers that Sluice makes itself begin with this, so that they are known from those of the configuration. */
const OURS = 'sluice.'

/** The commands that bring one more server into a back end, and what to remember of it. */
export interface Recruit {
  readonly commands: readonly string[]
  readonly server: RememberedServer
}

/** For which pool a server is wanted, and what there is to choose from. */
export interface Recruiting {
  readonly backend: string
  readonly pool: PoolId
  readonly seen: Survey
  /** Whether a server may be made where no slot is free. */
  readonly dynamic: boolean
  /** Whether traffic is shared out by weights; where a map does it, every server of a back end counts alike. */
  readonly weighs: boolean
}

/**
 * One server for an address: the one that has it already, else a slot of the configuration that stands in maintenance,
 * else a new dynamic server. Where weights share out the traffic it comes up with weight 0, so nothing moves.
 */
export function recruit(recruiting: Recruiting, address: string, taken: ReadonlySet<string>): Result<Recruit> {
  const {seen, dynamic} = recruiting
  const there = seen.servers.find(server => server.address === address && !taken.has(server.name))
  if (there) return ok(revive(recruiting, there))
  const slot = seen.servers.find(server => isFree(server) && !taken.has(server.name) && !isOurs(server.name))
  if (slot) return ok(fillSlot(recruiting, slot.name, address))
  if (!dynamic) return fail(noSlot(recruiting, address))
  return seen.able.addServer === 'no' ? fail(tooOld(recruiting)) : ok(register(recruiting, address))
}

function revive({backend, weighs}: Recruiting, {name, address, weight, administrative}: ServerState): Recruit {
  const rests = isFree({administrative})
  const ready = `set server ${backend}/${name} state ready`
  return {
    commands: rests && weighs ? [`set server ${backend}/${name} weight 0`, ready] : [ready],
    server: {name, address, weight: rests ? 0 : weight, dynamic: isOurs(name)},
  }
}

function fillSlot({backend, weighs}: Recruiting, name: string, address: string): Recruit {
  const {host, port} = split(address)
  const server = `${backend}/${name}`
  return {
    commands: [
      `set server ${server} addr ${host} port ${port}`,
      ...(weighs ? [`set server ${server} weight 0`] : []),
      `set server ${server} state ready`,
    ],
    server: {name, address, weight: 0, dynamic: false},
  }
}

function register({backend, pool, weighs, seen}: Recruiting, address: string): Recruit {
  const name = `${OURS}${encode(pool)}.${encode(address)}`
  const server = `${backend}/${name}`
  return {
    commands: askedFor(
      seen.able,
      `add server ${server} ${address}${weighs ? ' weight 0' : ''}`,
      `set server ${server} state ready`,
    ),
    server: {name, address, weight: 0, dynamic: true},
  }
}

export function isOurs(name: string): boolean {
  return name.startsWith(OURS)
}

/** The pool that a server of ours was made for; undefined for a slot of the configuration. */
export function poolOfName(name: string): PoolId | undefined {
  const match = /^sluice\.(.+)\.[^.]+$/.exec(name)
  return match?.[1] === undefined ? undefined : decode(match[1])
}

/** HAProxy takes letters, digits, `-`, `_`, `.` and `:` in names; the rest, and `_` and `.` in a pool, are written by their code. */
function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, character => `_${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function decode(text: string): string {
  return text.replace(/_([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function isFree({administrative}: Pick<ServerState, 'administrative'>): boolean {
  return (administrative & IN_MAINTENANCE) !== 0
}

/** `host:port`, the host in brackets or not. */
function split(address: string): {host: string; port: string} {
  const at = address.lastIndexOf(':')
  return {host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: address.slice(at + 1)}
}

function noSlot({backend, seen}: Recruiting, address: string): Failure {
  return failure('driver-unable', {
    message: `back end ${JSON.stringify(backend)} has no server slot left for ${address}; it has ${seen.servers.length}, all in use`,
    hint: 'add slots (`server-template sluice 1-12 127.0.0.1:1 disabled`), or let sluice add servers with `dynamic: true` (HAProxy 2.6 and later)',
  })
}

function tooOld({backend, seen}: Recruiting): Failure {
  return failure('driver-unable', {
    message: `HAProxy ${seen.able.version} cannot add a server to back end ${JSON.stringify(backend)} while it runs`,
    hint: 'add slots (`server-template sluice 1-12 127.0.0.1:1 disabled`), or take HAProxy 2.6 or later',
  })
}
