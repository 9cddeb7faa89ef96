import {describe, expect, it} from 'vitest'
import type {RolloutConfig} from '../../../src/core/config/config.ts'
import {wantedAt} from '../../../src/core/rollout/course.ts'
import {sizeFor, spareOf} from '../../../src/core/config/size.ts'
import {acting, course, decided, holding, instances, pool, route, seen} from '../../support/decision.ts'
import {FULL, serviceConfig} from '../../support/world.ts'

const proportional = {...FULL, surge: 'proportional'} as const

describe('a pool that grows with its share', () => {
  const {run, rollout} = serviceConfig('accounts')
  const grown = course({run: {...run, replicas: 4}, rollout: {...rollout, steps: [10, 50, 75, 100], ...proportional}})

  it.for([
    [1, 1],
    [25, 1],
    [26, 2],
    [50, 2],
    [99, 4],
    [100, 4],
  ])('at %d %% of four is %d', ([share = 0, size]) => expect(sizeFor(share, 4, proportional)).toBe(size))

  it('is never smaller than what must be healthy, nor larger than it ends up', () => {
    expect(sizeFor(10, 4, {...proportional, leastHealthy: 2})).toBe(2)
    expect(sizeFor(10, 4, {...proportional, leastHealthy: 9})).toBe(4)
    expect(sizeFor(10, 4, FULL)).toBe(4)
  })

  it('is started in sizes, each before the share that needs it', () => {
    const said = grown.forward.map(act =>
      act.do === 'route' ? act.share : act.do === 'start' ? `start ${act.replicas ?? 'all'}` : act.do,
    )
    expect(said).toEqual(['start 1', 'attach', 10, 'start 2', 50, 'start 3', 75, 'start all', 100, 'drain', 'stop'])
  })

  it('waits for as many as the next share needs', () => {
    const start = {do: 'start', pool: '2.0.0', replicas: 2} as const
    const those = (count: number) => ({
      instances: [...instances('1.0.0', 'healthy', 4), ...instances('2.0.0', 'healthy', count)],
    })
    expect(wantedAt(grown, route(50))).toBe(2)
    expect(decided(acting(start), seen(10, those(1)), grown)).toBe('call start 2.0.0')
    expect(decided(acting(start), seen(10, those(2)), grown)).toBe('done start 2.0.0, intend route 50')
  })

  it('goes on after a start of a size that the file has lost', () => {
    const start = {do: 'start', pool: '2.0.0', replicas: 3} as const
    const all = {instances: [...instances('1.0.0', 'healthy', 4), ...instances('2.0.0', 'healthy', 4)]}
    const full = course({run: {...run, replicas: 4}})
    expect(decided(acting(start), seen(0, all), full)).toBe('done start 2.0.0, intend attach 2.0.0')
  })
})

describe('instances that may be missing or ill', () => {
  const spare = (maxUnavailable: RolloutConfig['maxUnavailable'], leastHealthy = 1) => ({
    ...FULL,
    maxUnavailable,
    leastHealthy,
  })

  it.for([
    [{count: 1}, 4, 1],
    [{percent: 25}, 4, 1],
    [{percent: 25}, 3, 0],
    [{count: 9}, 4, 3],
    [{count: 1}, 1, 0],
  ] as const)('%o of %d are %d', ([allowance, wanted, count]) => expect(spareOf(wanted, spare(allowance))).toBe(count))

  it('leave as many healthy as must be', () => expect(spareOf(4, spare({count: 3}, 3))).toBe(1))

  const {run, rollout} = serviceConfig('accounts')
  const tolerant = course({run: {...run, replicas: 3}, rollout: {...rollout, ...spare({count: 1})}})
  const next = (...ill: ('unhealthy' | 'exited')[]) => {
    const well = instances('2.0.0', 'healthy', 3 - ill.length)
    const rest = ill.map((health, index) => ({pool: '2.0.0', address: `2.0.0#ill${index}`, health}))
    const servers = (count: number) => instances('2.0.0', 'healthy', count).map(({address}) => ({address}))
    return seen(10, {
      instances: [...instances('1.0.0'), ...well, ...rest],
      pools: [pool('1.0.0', 90), {...pool('2.0.0', 10), servers: servers(well.length)}],
    })
  }

  it('do not hold up a start, nor take a release back', () => {
    expect(decided(acting({do: 'start', pool: '2.0.0'}), next('exited'), tolerant)).toMatch(/^done start/)
    expect(decided(holding(route(10)), next('unhealthy'), tolerant)).toBe('wait')
  })

  it('take it back when they are more', () => {
    expect(decided(holding(route(10)), next('unhealthy', 'exited'), tolerant)).toMatch(/^take back: 2.0.0#ill0 of/)
    expect(decided(holding(route(10)), next('exited', 'exited'), tolerant)).toMatch(/^take back: an instance of/)
  })
})

describe('instances that move', () => {
  const moved = (id: '1.0.0' | '2.0.0') =>
    seen(10, {
      instances: [...instances('1.0.0'), ...instances('2.0.0')].map(one =>
        one.pool === id ? {...one, address: `${one.address}'`} : one,
      ),
    })

  it.for(['1.0.0', '2.0.0'] as const)('have their share set again, with the addresses of now: %s', id => {
    expect(decided(holding(route(10)), moved(id))).toBe('intend route 10')
    expect(decided(acting(route(10)), moved(id))).toBe('call route 10')
  })

  it('get no traffic while another of their pool is healthy and they are not', () => {
    const [first, second] = instances('1.0.0')
    const ill = {...second, pool: '1.0.0', address: second?.address ?? '', health: 'unhealthy'} as const
    const half = seen(10, {instances: [...(first ? [first] : []), ill, ...instances('2.0.0')]})
    expect(decided(holding(route(10)), half)).toBe('intend route 10')
  })

  it('are no ground for a verdict when they never stay', () => {
    expect(decided(holding(route(10), 20), moved('1.0.0'))).toMatch(
      /^take back: the instances of accounts .* changed 20 times/,
    )
  })
})
