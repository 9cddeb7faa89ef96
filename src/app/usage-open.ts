import {dirname, join} from 'node:path'
import {clock} from '../adapters/clock.ts'
import type {UsageRecord} from '../adapters/calls/record/record.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import type {ContractName, ServiceName} from '../core/config/facts.ts'
import type {WatchedContract} from '../core/usage/calls.ts'
import {readyWatch, type ReadyWatch} from '../core/usage/watch.ts'
import type {Calls} from '../ports/balancer.ts'
import type {Place} from '../adapters/state/copy.ts'
import {environmentOf, loadConfig, type Where} from './config.ts'
import {whereaboutsOf} from './record.ts'

/** What every use case around calls starts from. */
export interface UsageAsked extends Where {
  readonly env?: string | undefined
}

export interface OpenUsage {
  readonly config: Config
  readonly environment: EnvironmentConfig
  readonly record: UsageRecord
}

/** Opens the record of calls for as long as `use` takes. */
export async function withUsage<T>(
  asked: UsageAsked,
  use: (open: OpenUsage) => Promise<Result<T>>,
): Promise<Result<T>> {
  const loaded = await loadConfig(asked)
  if (!loaded.ok) return loaded
  const {config} = loaded.value
  const environment = environmentOf(config, asked.env)
  if (!environment.ok) return environment
  const record = await usageRecordOf(config, environment.value.name)
  try {
    return await use({config, environment: environment.value, record})
  } finally {
    await record.close()
  }
}

export async function usageRecordOf(config: Config, environment: string): Promise<UsageRecord> {
  const {usageRecord} = await import('../adapters/calls/record/record.ts')
  return usageRecord((await callsPlaceOf(config)).keeper, environment)
}

/** Where calls are written down: where rollouts are. */
export async function callsPlaceOf(config: Config, at = whereaboutsOf(config)): Promise<Place> {
  const {callsAt} = await import('../adapters/calls/record/open.ts')
  return callsAt('file' in at ? {file: join(dirname(config.file), '.sluice', 'usage.db')} : at, clock)
}

/** The evidence of the record, for the gates of a rollout. */
export async function recordedCallsIn(config: Config, record: UsageRecord): Promise<Calls> {
  const {recordedCalls} = await import('../adapters/calls/evidence.ts')
  const quietMs = (contract: string) => config.contracts.get(contract)?.quietMs ?? DEFAULT_QUIET_MS
  return recordedCalls({record, expected: [...config.usage.sources.keys()], quietMs, clock})
}

/** For a contract that the file does not name. */
const DEFAULT_QUIET_MS = 7 * 86_400_000

/**
 * What to look for in the logs of an environment: the contracts whose calls can be told, and the back ends of the
 * services that provide them, as far as `sluice.yaml` or the manifests say who does.
 */
export async function watchOf(where: Where, {config, environment}: OpenUsage): Promise<Result<ReadyWatch>> {
  const servers = await serversOf(where, config)
  return servers.ok ? ok(watchFrom(config, environment, servers.value)) : servers
}

/** The same, where it is known who provides each contract. */
export function watchFrom(
  config: Config,
  environment: EnvironmentConfig,
  servers: ReadonlyMap<ContractName, readonly ServiceName[]>,
): ReadyWatch {
  const backendOf = (service: string) => environment.services.get(service)?.route?.backend
  const contracts = [...config.contracts.values()].flatMap(({name, calls}): WatchedContract[] => {
    const backends = (servers.get(name) ?? []).map(backendOf).filter(backend => backend !== undefined)
    return calls ? [{name, calls, backends}] : []
  })
  const all = [...environment.services.keys()].map(backendOf).filter(backend => backend !== undefined)
  const {clients: order, ignore} = config.usage
  return readyWatch({contracts, otherBackends: all, order, ignorePaths: ignore.map(({path}) => path)})
}

/** Who provides each contract. Repositories are asked only where `sluice.yaml` itself does not say it of every one. */
async function serversOf(where: Where, config: Config): Promise<Result<ReadonlyMap<string, readonly string[]>>> {
  const inFile = new Map<string, string[]>()
  for (const {name, releases} of config.services.values()) {
    const provided = releases
      .flatMap(release => [release, ...release.modes])
      .flatMap(({provides}) => [...provides.keys()])
    for (const contract of new Set(provided)) inFile.set(contract, [...(inFile.get(contract) ?? []), name])
  }
  const wanted = [...config.contracts.values()].filter(({calls}) => calls !== undefined)
  const hasRepositories = [...config.services.values()].some(({repo}) => repo !== undefined)
  if (!hasRepositories || wanted.every(({name}) => inFile.has(name))) return ok(inFile)
  const {loadSystem} = await import('./system.ts')
  const loaded = await loadSystem(where)
  if (!loaded.ok) return loaded
  const {serversOf: servers} = await import('../core/graph/compatible.ts')
  return ok(servers(loaded.value.assembled.system))
}
