import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {PoolId} from '../../../ports/runtime.ts'
import {IN_MAINTENANCE} from './answers.ts'
import type {RememberedServer} from './memory.ts'
import type {Survey} from './survey.ts'

/** Servers that Sluice makes itself begin with this, so that they are known from those of the configuration. */
const OURS = 'sluice.'

/** The commands that bring one more server into a back end, and what to remember of it. */
export interface Recruit {
  readonly commands: readonly string[]
  readonly server: RememberedServer
}

/**
 * One server for an address: the one that has it already, else a slot of the configuration that stands in maintenance,
 * else a new dynamic server. It comes up with weight 0, so nothing moves.
 */
export function recruit(
  backend: string,
  pool: PoolId,
  address: string,
  seen: Survey,
  taken: ReadonlySet<string>,
  dynamic: boolean,
): Result<Recruit> {
  const there = seen.servers.find(server => server.address === address && !taken.has(server.name))
  if (there) return ok(revive(backend, there.name, address, seen))
  const slot = seen.servers.find(
    server => isFree(server.administrative) && !taken.has(server.name) && !server.name.startsWith(OURS),
  )
  if (slot) return ok(fillSlot(backend, slot.name, address))
  return dynamic ? ok(register(backend, pool, address)) : fail(noSlot(backend, seen, address))
}

function revive(backend: string, name: string, address: string, seen: Survey): Recruit {
  const server = seen.servers.find(candidate => candidate.name === name)
  const resting = server !== undefined && isFree(server.administrative)
  const ready = `set server ${backend}/${name} state ready`
  return {
    commands: resting ? [`set server ${backend}/${name} weight 0`, ready] : [ready],
    server: {name, address, weight: resting ? 0 : (server?.weight ?? 0), dynamic: name.startsWith(OURS)},
  }
}

function fillSlot(backend: string, name: string, address: string): Recruit {
  const {host, port} = split(address)
  const server = `${backend}/${name}`
  return {
    commands: [
      `set server ${server} addr ${host} port ${port}`,
      `set server ${server} weight 0`,
      `set server ${server} state ready`,
    ],
    server: {name, address, weight: 0, dynamic: false},
  }
}

function register(backend: string, pool: PoolId, address: string): Recruit {
  const name = `${OURS}${encode(pool)}.${encode(address)}`
  const server = `${backend}/${name}`
  return {
    commands: [`add server ${server} ${address} weight 0`, `set server ${server} state ready`],
    server: {name, address, weight: 0, dynamic: true},
  }
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

function isFree(administrative: number): boolean {
  return (administrative & IN_MAINTENANCE) !== 0
}

/** `host:port`, the host in brackets or not. */
function split(address: string): {host: string; port: string} {
  const at = address.lastIndexOf(':')
  return {host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: address.slice(at + 1)}
}

function noSlot(backend: string, seen: Survey, address: string): Failure {
  return failure('driver-unable', {
    message: `back end ${JSON.stringify(backend)} has no server slot left for ${address}; it has ${seen.servers.length}, all in use`,
    hint: 'add slots (`server-template sluice 1-12 127.0.0.1:1 disabled`), or let sluice add servers with `dynamic: true` (HAProxy 2.5 and later)',
  })
}
