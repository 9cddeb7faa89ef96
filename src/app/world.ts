import {clock} from '../adapters/clock.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import {redact, secretsIn} from '../core/base/redact.ts'
import {hooksOf} from '../core/rollout/hooks.ts'
import {serversOf} from '../core/graph/compatible.ts'
import {neighboursOf} from '../core/graph/edges.ts'
import type {ServiceName, System} from '../core/graph/system.ts'
import type {Deps} from '../engine/deps.ts'
import type {Balancer, Calls, WatchedCalls} from '../ports/balancer.ts'
import type {Emit} from '../ports/emit.ts'
import type {Runtime} from '../ports/runtime.ts'
import type {State} from '../ports/state.ts'
import {testsIn} from './matrix-tests.ts'
import {placesOf} from './places.ts'
import {repositoriesOf} from './releases.ts'
import type {LoadedSystem} from './system.ts'
import {callsIn} from './usage-calls.ts'

/** What runs and what routes in one environment, as its drivers show it. */
export interface Drivers {
  readonly runtime: Runtime
  readonly balancer: Balancer
  readonly calls?: Calls
}

/** Opens the drivers that the environment names. */
export async function openDrivers(config: Config, environment: EnvironmentConfig): Promise<Result<Drivers>> {
  const {openRuntime} = await import('../adapters/runtime/registry.ts')
  const {openBalancer} = await import('../adapters/balancer/registry.ts')
  const places = placesOf(config)
  const {name} = environment
  const place = {system: config.system, environment: name, file: config.file, clock, env: process.env}
  const runtime = await openRuntime(environment.runtime, {...place, folder: places.runtime(name)})
  if (!runtime.ok) return runtime
  const balancer = await openBalancer(environment.balancer, {...place, folder: places.balancer(name)})
  return balancer.ok ? ok({runtime: runtime.value, ...balancer.value}) : balancer
}

/** Everything that the engine needs for a rollout in this environment. */
export async function depsFor(
  {config, assembled}: LoadedSystem,
  environment: EnvironmentConfig,
  state: State,
  emit: Emit,
): Promise<Result<Deps>> {
  const drivers = await openDrivers(config, environment)
  if (!drivers.ok) return drivers
  const {checksWith} = await import('../adapters/checks/checks.ts')
  const {holders} = await import('../adapters/holders.ts')
  const {releasesFrom} = await import('../adapters/releases.ts')
  const {hooks} = await import('../adapters/hooks.ts')
  const {switcher} = await import('../adapters/switcher.ts')
  const {root} = placesOf(config)
  const secrets = [process.env, ...[...environment.services.values()].map(({run}) => run?.env ?? {})].flatMap(secretsIn)
  const {services, prometheus} = environment
  const repository = await repositoriesOf(config)
  return ok({
    state,
    emit: event => emit(redact(event, secrets)),
    clock,
    checks: checksWith({env: process.env, ...(prometheus && {prometheus})}),
    switcher,
    hooks,
    hooksOf: step => hooksOf(step, services, assembled.system),
    secrets,
    holders,
    ...drivers.value,
    calls: callsIn({config, environment, servers: serversOf(assembled.system), own: drivers.value.calls}),
    tests: testsIn(config, repository),
    releases: releasesFrom({
      services,
      releases: assembled.releases,
      repository,
      root,
      byImage: drivers.value.runtime.byImage === true,
    }),
    services,
    watched: watchedIn(config, assembled.system),
    ...(environment.maxFailures !== undefined && {maxFailures: environment.maxFailures}),
    brownouts: new Map(
      [...config.contracts].flatMap(([name, {brownout}]) => (brownout ? [[name, brownout] as const] : [])),
    ),
    quietMs: new Map([...config.contracts].map(([name, {quietMs}]) => [name, quietMs])),
    neighbours: neighboursOf(assembled.system),
    folder: root,
  })
}

/** For each server, how calls of its contracts look in traffic, as far as the file says so. */
function watchedIn({contracts, usage}: Config, system: System): ReadonlyMap<ServiceName, readonly WatchedCalls[]> {
  const watched = new Map<ServiceName, WatchedCalls[]>()
  const ignore = usage.ignore.map(({path}) => path)
  for (const [contract, servers] of serversOf(system)) {
    const pattern = contracts.get(contract)?.calls
    if (!pattern) continue
    for (const server of servers)
      watched.set(server, [...(watched.get(server) ?? []), {contract, pattern, clients: usage.clients, ignore}])
  }
  return watched
}
