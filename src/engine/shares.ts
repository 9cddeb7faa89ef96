import {ok, type Result} from '../core/base/result.ts'
import type {DurationMs, Percent} from '../core/base/units.ts'
import type {ServiceConfig} from '../core/config/config.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {measuredShare} from '../core/rollout/status.ts'
import type {Balanced} from '../ports/balancer.ts'
import type {Deps} from './deps.ts'
import {within} from './guard.ts'

const READ_MS: DurationMs = 5_000

/** A service, and the pool whose share is asked about. */
export interface Sampled {
  readonly service: ServiceConfig
  readonly pool: PoolId
}

/** The shares that the balancer's counters amount to over a while; a service without requests, or that cannot be read, is left out. */
export async function sampleShares(
  deps: Pick<Deps, 'balancer' | 'clock'>,
  sampled: readonly Sampled[],
  sampleMs: DurationMs,
): Promise<ReadonlyMap<ServiceName, Percent>> {
  const readAll = () => Promise.all(sampled.map(one => poolsOf(deps, one.service)))
  const before = await readAll()
  await deps.clock.sleep(sampleMs)
  const now = await readAll()
  const shares = sampled.flatMap(({service, pool}, at) => {
    const [was, is] = [before[at], now[at]]
    const share = was?.ok && is?.ok ? measuredShare(pool, was.value, is.value) : null
    return share === null ? [] : [[service.name, share] as const]
  })
  return new Map(shares)
}

async function poolsOf(
  {balancer, clock}: Pick<Deps, 'balancer' | 'clock'>,
  {name, route}: ServiceConfig,
): Promise<Result<Balanced['pools']>> {
  if (!route) return ok([])
  const what = {what: `the shares of ${name}`, code: 'balancer-failed', ms: READ_MS} as const
  const seen = await within(clock, what, () => balancer.read({name, route}))
  return seen.ok ? ok(seen.value.pools) : seen
}
