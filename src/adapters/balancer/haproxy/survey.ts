import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {complaintIn, readServersState, readStat, type ServerState, type StatRow} from './answers.ts'
import {ask, nameOf, type Endpoint} from './socket.ts'
import {type Able, ableOf, epochOf} from './version.ts'

/** One look at a back end: what the configuration makes it, and what its servers are doing. */
export interface Survey {
  /** Changes with every reload and restart: counters and runtime weights begin anew. */
  readonly epoch: string
  readonly able: Able
  /** What it answers to `balance`: roundrobin, leastconn, ... */
  readonly algorithm: string
  readonly servers: readonly (ServerState & {readonly stat: StatRow})[]
}

const MORE_SPACE = 'set severity-output number'

/** Algorithms of HAProxy that take a weight at any moment and hold the share asked. */
const EXACT = new Set(['roundrobin', 'random', 'unknown'])

/** Sends commands that change something; a complaint of HAProxy is a failure, since success has no status of its own. */
export async function command(endpoint: Endpoint, commands: readonly string[]): Promise<Result<string>> {
  const answer = await ask(endpoint, [MORE_SPACE, ...commands])
  if (!answer.ok) return answer
  const complaint = complaintIn(answer.value)
  return complaint === undefined ? answer : fail(refused(endpoint, commands, complaint))
}

/** Looks at a back end whose servers' weights are to hold a share, and refuses one that does not keep to weights. */
export async function weighable(endpoint: Endpoint, backend: string): Promise<Result<Survey>> {
  const seen = await survey(endpoint, backend)
  if (!seen.ok || EXACT.has(seen.value.algorithm)) return seen
  return fail(inexact(backend, seen.value.algorithm))
}

/**
 * Looks at a back end, and refuses what can never work there. The back end is asked for by its number, since a front
 * end may have the same name and would be the one that answers.
 */
export async function survey(endpoint: Endpoint, backend: string): Promise<Result<Survey>> {
  const [info, backends, level] = await Promise.all([
    ask(endpoint, ['show info']),
    ask(endpoint, ['show stat -1 2 -1']),
    ask(endpoint, ['show cli level']),
  ])
  if (!info.ok) return info
  if (!backends.ok) return backends
  if (!level.ok) return level
  const summary = readStat(backends.value).find(row => row['pxname'] === backend)
  const why = objection(backend, summary, level.value.trim())
  if (why || !summary) return fail(why ?? noBackend(backend))
  const [stats, states] = await Promise.all([
    ask(endpoint, [`show stat ${summary['iid']} 4 -1`]),
    ask(endpoint, [`show servers state ${backend}`]),
  ])
  if (!stats.ok) return stats
  if (!states.ok) return states
  const byName = new Map(readStat(stats.value).map(row => [row['svname'] ?? '', row]))
  const servers = readServersState(states.value).map(server => ({...server, stat: byName.get(server.name) ?? {}}))
  return ok({epoch: epochOf(info.value), able: ableOf(info.value), algorithm: summary['algo'] ?? 'unknown', servers})
}

function objection(backend: string, summary: StatRow | undefined, level: string): Failure | undefined {
  if (level !== '' && level !== 'admin') return operatorOnly(level)
  return summary ? undefined : noBackend(backend)
}

function inexact(backend: string, algorithm: string): Failure {
  return failure('driver-unable', {
    message: `back end ${JSON.stringify(backend)} balances by ${algorithm}, which does not keep to a share`,
    hint:
      'write `balance roundrobin` there (leastconn gives an idle server far more than its share, static-rr takes no ' +
      'weights while it runs), or share out by a map: `mode: map`',
  })
}

function noBackend(backend: string): Failure {
  return failure('driver-unable', {
    message: `HAProxy has no back end ${JSON.stringify(backend)}`,
    hint: 'name one of its `backend` sections in the route of the service',
  })
}

function operatorOnly(level: string): Failure {
  return failure('driver-unable', {
    message: `the socket of HAProxy is of level ${level}, which may not set weights`,
    hint: 'write `level admin` on its `stats socket` line',
  })
}

function refused(endpoint: Endpoint, commands: readonly string[], complaint: string): Failure {
  if (complaint === 'Permission denied') return operatorOnly('operator or user')
  return failure('balancer-failed', {
    message: `HAProxy at ${nameOf(endpoint)} refused ${JSON.stringify(commands.join('; '))}: ${complaint}`,
  })
}
