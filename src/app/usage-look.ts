import {dirname, resolve} from 'node:path'
import {clock} from '../adapters/clock.ts'
import type {Endpoint} from '../adapters/balancer/haproxy/socket.ts'
import {unreachable} from '../core/base/bug.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Instant} from '../core/base/units.ts'
import type {Config, EnvironmentConfig, SourceConfig} from '../core/config/config.ts'
import type {Snapshot} from '../core/usage/snapshot.ts'
import {placesOf} from './places.ts'
import type {OpenUsage} from './usage-open.ts'

/** Counters that somebody else keeps. */
type CounterSource = Extract<SourceConfig, {readonly from: 'table' | 'prometheus' | 'balancer'}>
type TableSource = Extract<SourceConfig, {readonly from: 'table'}>
type Look = (now: Instant) => Promise<Result<Snapshot>>

/** There is one balancer, and its calls count once, whatever the file calls it. */
function whoOf({from}: CounterSource): {readonly who?: string} {
  return from === 'balancer' ? {who: 'the embedded balancer'} : {}
}

/** Looks at counters that somebody else keeps. */
export async function lookAt(
  {config, environment, record}: OpenUsage,
  source: string,
  where: CounterSource,
): Promise<Result<void>> {
  const {lookAgain} = await import('../adapters/calls/counters.ts')
  const look = await lookOf(where, config, environment)
  return look.ok ? lookAgain({source, ...whoOf(where), record, clock, look: look.value}) : look
}

async function lookOf(where: CounterSource, config: Config, environment: EnvironmentConfig): Promise<Result<Look>> {
  switch (where.from) {
    case 'table':
      return ok(await tableAt(where, config))
    case 'prometheus':
      return ok(await seriesAt(where, environment))
    case 'balancer':
      return ownOf(config, environment)
    default:
      return unreachable(where)
  }
}

async function ownOf(config: Config, {name, balancer}: EnvironmentConfig): Promise<Result<Look>> {
  const {openBalancer} = await import('../adapters/balancer/registry.ts')
  const {readOwn} = await import('../adapters/calls/own.ts')
  const opened = await openBalancer(balancer, {
    environment: name,
    file: config.file,
    folder: placesOf(config).balancer(name),
  })
  return opened.ok ? ok(now => readOwn(opened.value.calls, name, now)) : opened
}

async function tableAt({socket, table: name, expireMs}: TableSource, {file}: Config) {
  const {readTable} = await import('../adapters/calls/table.ts')
  const endpoint = await endpointOf(socket, file)
  return (now: Instant) => readTable({endpoint, name, expireMs}, now)
}

async function seriesAt(query: Extract<SourceConfig, {readonly from: 'prometheus'}>, {prometheus}: EnvironmentConfig) {
  const {readSeries} = await import('../adapters/calls/series.ts')
  return (now: Instant) => readSeries(query, {env: process.env, ...(prometheus && {prometheus})}, now)
}

async function endpointOf(socket: string, file: string): Promise<Endpoint> {
  const {endpointNamed} = await import('../adapters/balancer/haproxy/socket.ts')
  return endpointNamed(await socketPath(socket, file))
}

/** Paths stand below the folder of the file; `host:port` stays as it is. */
export async function socketPath(socket: string, file: string): Promise<string> {
  const {endpointNamed} = await import('../adapters/balancer/haproxy/socket.ts')
  return endpointNamed(socket).by === 'unix' ? resolve(dirname(file), socket) : socket
}
