import {Traffic} from '../../src/adapters/balancer/embedded/traffic/traffic.ts'
import type {Service} from '../../src/adapters/balancer/embedded/traffic/service.ts'
import {DEFAULT_SETTINGS, type Settings} from '../../src/adapters/balancer/embedded/settings.ts'
import {countersOf} from '../../src/adapters/balancer/embedded/counts/meter.ts'
import type {Counters} from '../../src/ports/balancer.ts'
import {freePort} from './ports.ts'

/** Pools by name: where they are, and their share. */
export type ProxyPools = Readonly<Record<string, {readonly addresses: readonly string[]; readonly share: number}>>

/** The traffic part of the embedded balancer in this very process, for looking at what it does to bytes. */
export interface Proxy {
  readonly address: string
  readonly service: Service
  readonly seen: readonly string[]
  route(pools: ProxyPools): Promise<void>
  counters(pool: string): Counters
  end(): Promise<void>
}

export async function startProxy(pools: ProxyPools, settings: Partial<Settings> = {}): Promise<Proxy> {
  const address = `127.0.0.1:${await freePort()}`
  const seen: string[] = []
  let epochs = 0
  const traffic = new Traffic({isGone: (_service, {url}) => seen.push(url ?? '') < 0}, () => `epoch ${++epochs}`)
  const sweeper = setInterval(() => traffic.sweep(), 1000)
  const service = () => traffic.service('shop') ?? raise('the service is gone')
  const route = async (wanted: ProxyPools) => {
    const entry = {name: 'shop', listen: address, settings: {...DEFAULT_SETTINGS, ...settings}, calls: []}
    const table = {services: [{...entry, pools: Object.entries(wanted).map(([id, pool]) => ({id, ...pool}))}]}
    const prepared = await traffic.prepare(table)
    if (!prepared.ok) throw new Error(prepared.failure.message)
    traffic.follow(table, prepared.value)
  }
  await route(pools)
  return {
    address,
    get service() {
      return service()
    },
    seen,
    route,
    counters: pool => countersOf((service().pool(pool) ?? raise(`no pool ${pool}`)).meter),
    end: async () => {
      clearInterval(sweeper)
      await traffic.end(0)
    },
  }
}

function raise(message: string): never {
  throw new Error(message)
}
