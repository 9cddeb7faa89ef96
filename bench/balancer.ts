import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {type Embedded, embedded} from '../src/adapters/balancer/embedded/driver.ts'
import {DEFAULT_SETTINGS} from '../src/adapters/balancer/embedded/settings.ts'
import type {Result} from '../src/core/base/result.ts'
import type {Pool, RoutedService} from '../src/ports/balancer.ts'
import {type Backends, startBackends} from './balancer/backends.ts'
import {cpuPerRequest} from './balancer/cpu.ts'
import {startHaproxy} from './balancer/haproxy.ts'
import {freePort} from './balancer/port.ts'
import {worstSplit} from './balancer/split.ts'
import {standby} from './balancer/standby.ts'
import type {Figure} from './figure.ts'

/** Of HAProxy with one thread: what a proxy in JavaScript may cost beside the best there is. */
const MAX_RATIO = 3
/** Points, over any 1,000 requests. */
const MAX_SPLIT_ERROR = 1
const ROUNDS = 6

/** What the embedded balancer costs per request beside HAProxy, how exactly it splits, and how soon it is back when it is killed. */
export async function bench(): Promise<Figure[]> {
  const backends = await startBackends()
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const balancer = embedded({
    folder,
    root: folder,
    program: [process.execPath, resolve('dist/balancer.js')],
    settings: DEFAULT_SETTINGS,
  })
  try {
    return [
      ...(await costs(balancer, backends)),
      ...(await splits(balancer, backends)),
      ...(await deaths(balancer, backends)),
    ]
  } finally {
    await balancer.shutdown(0)
    rmSync(folder, {recursive: true, force: true})
    backends.end()
  }
}

/** In turns, and the least of all rounds: whatever else the machine does meanwhile makes both dearer, and says nothing. */
async function costs(balancer: Embedded, {addresses: [one, two]}: Backends): Promise<Figure[]> {
  const service = await serviceOf('cost')
  await split(balancer, service, [one, two], 10)
  const {pid} = good(await balancer.ensure())
  const haproxy = await startHaproxy([one, two])
  const ours: number[] = []
  const theirs: number[] = []
  await cpuPerRequest(pid, service.address)
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await cpuPerRequest(pid, service.address))
    if (haproxy) theirs.push(await cpuPerRequest(haproxy.pid, haproxy.address))
  }
  haproxy?.end()
  const name = 'balancer: CPU per request'
  const cost = {name, value: Math.min(...ours), unit: 'µs'}
  if (!haproxy) return [{...cost, peer: 'haproxy is not installed: nothing to compare with'}]
  const ratio = Math.min(...ours) / Math.min(...theirs)
  return [
    {...cost, peer: `HAProxy, 1 thread: ${Math.min(...theirs).toFixed(1)} µs`},
    {name: `${name}, beside HAProxy's`, value: ratio, unit: 'x', limit: {max: MAX_RATIO}},
  ]
}

async function splits(balancer: Embedded, backends: Backends): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const connections of [1, 16, 256]) {
    const service = await serviceOf(`split-${connections}`)
    const errors: number[] = []
    for (const share of [1, 10, 50]) {
      await split(balancer, service, backends.addresses, share)
      errors.push(await worstSplit(service.address, backends, connections, share))
    }
    figures.push({
      name: `balancer: split error over any 1,000 requests, ${connections} connections`,
      value: Math.max(...errors),
      unit: 'points',
      limit: {max: MAX_SPLIT_ERROR},
    })
  }
  return figures
}

async function deaths(balancer: Embedded, {addresses}: Backends): Promise<Figure[]> {
  const service = await serviceOf('death')
  await split(balancer, service, addresses, 10)
  return standby(balancer, service.address)
}

async function serviceOf(name: string): Promise<RoutedService & {address: string}> {
  const address = `127.0.0.1:${await freePort()}`
  return {name, address, route: {backend: name, listen: address}}
}

async function split(balancer: Embedded, service: RoutedService, [one, two]: Backends['addresses'], share: number) {
  const pools: [Pool, Pool] = [
    {id: '1.0.0', addresses: [one]},
    {id: '2.0.0', addresses: [two]},
  ]
  const [current, next] = pools
  const shares = [
    {pool: current, share: 100 - share},
    {pool: next, share},
  ]
  good(await balancer.route(service, shares))
}

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
