import {describe, expect, it} from 'vitest'
import {DEFAULT_SETTINGS} from '../../../../src/adapters/balancer/embedded/settings.ts'
import {oddIn} from '../../../../src/adapters/balancer/embedded/table/odd.ts'
import {
  attached,
  detached,
  EMPTY_TABLE,
  routed,
  type ServiceWish,
  type Table,
} from '../../../../src/adapters/balancer/embedded/table/table.ts'
import type {Result} from '../../../../src/core/base/result.ts'

const SHOP: ServiceWish = {name: 'shop', listen: '127.0.0.1:8001', settings: DEFAULT_SETTINGS, calls: []}
const ONE = {id: '1.0.0', addresses: ['127.0.0.1:9001']}
const TWO = {id: '2.0.0', addresses: ['127.0.0.1:9002', '[::1]:9003']}

const both = () => good(attached(good(attached(EMPTY_TABLE, SHOP, ONE)), SHOP, TWO))

describe('the table', () => {
  it('gives the first pool everything and later ones nothing', () => {
    expect(sharesIn(both())).toEqual({'1.0.0': 100, '2.0.0': 0})
  })

  it('keeps the share of a pool that is attached again, and takes its addresses', () => {
    const moved = good(attached(both(), SHOP, {...ONE, addresses: ['127.0.0.1:9009']}))
    expect(sharesIn(moved)).toEqual({'1.0.0': 100, '2.0.0': 0})
    expect(moved.services[0]?.pools.find(({id}) => id === '1.0.0')?.addresses).toEqual(['127.0.0.1:9009'])
  })

  it('sets all shares at once, and those left out to 0', () => {
    const split = good(
      routed(both(), SHOP, [
        {...ONE, share: 75},
        {...TWO, share: 25},
      ]),
    )
    expect(sharesIn(split)).toEqual({'1.0.0': 75, '2.0.0': 25})
    expect(sharesIn(good(routed(split, SHOP, [{...TWO, share: 100}])))).toEqual({'1.0.0': 0, '2.0.0': 100})
  })

  it('keeps the addresses of a pool that is named without any and without a share', () => {
    const asked = [
      {...ONE, share: 100},
      {id: '2.0.0', addresses: [], share: 0},
      {id: '3.0.0', addresses: [], share: 0},
    ]
    const table = good(routed(both(), SHOP, asked))
    expect(sharesIn(table)).toEqual({'1.0.0': 100, '2.0.0': 0})
    expect(table.services[0]?.pools.find(({id}) => id === '2.0.0')?.addresses).toEqual(TWO.addresses)
  })

  it('forgets a pool without traffic, and with the last one the service', () => {
    const one = good(detached(both(), 'shop', '2.0.0'))
    expect(sharesIn(one)).toEqual({'1.0.0': 100})
    expect(good(detached(one, 'shop', '1.0.0'))).toEqual(EMPTY_TABLE)
    expect(good(detached(EMPTY_TABLE, 'shop', '1.0.0'))).toEqual(EMPTY_TABLE)
    expect(good(detached(one, 'shop', '9.9.9'))).toEqual(one)
  })

  it.each([
    ['shares that add up to less', [{...ONE, share: 50}], 'the shares of shop add up to 50, not to 100'],
    ['no shares', [], 'the shares of shop add up to 0, not to 100'],
    [
      'a share below 0',
      [
        {...ONE, share: -1},
        {...TWO, share: 101},
      ],
      'pool 1.0.0 of shop is asked to take -1%',
    ],
    ['a share that is no number', [{...ONE, share: Number.NaN}], 'pool 1.0.0 of shop is asked to take NaN%'],
    [
      'a pool twice',
      [
        {...ONE, share: 50},
        {...ONE, share: 50},
      ],
      'a pool of shop is named twice',
    ],
    ['a pool without addresses', [{id: '1.0.0', addresses: [], share: 100}], 'pool 1.0.0 of shop has no address'],
    [
      'an address that is none',
      [{id: '1.0.0', addresses: ['nowhere'], share: 100}],
      'pool 1.0.0 of shop has the address nowhere, which is not host:port',
    ],
    [
      'itself as a server',
      [{id: '1.0.0', addresses: ['127.0.0.1:8001'], share: 100}],
      'pool 1.0.0 of shop would call itself on 127.0.0.1:8001',
    ],
  ])('refuses %s', (_name, shares, message) => {
    expect(routed(both(), SHOP, shares)).toMatchObject({ok: false, failure: {message}})
  })

  it('refuses to detach a pool with traffic while there is another', () => {
    expect(detached(both(), 'shop', '1.0.0')).toMatchObject({
      ok: false,
      failure: {message: 'pool 1.0.0 of shop still has 100% of the traffic, and cannot be detached'},
    })
  })

  it('refuses two services on one address, and one on none', () => {
    const rival = {...SHOP, name: 'rival'}
    expect(attached(both(), rival, ONE)).toMatchObject({
      ok: false,
      failure: {message: 'rival and shop both want to listen on 127.0.0.1:8001'},
    })
    expect(attached(EMPTY_TABLE, {...SHOP, listen: '8001'}, ONE)).toMatchObject({
      ok: false,
      failure: {message: 'shop is to listen on 8001, which is not host:port'},
    })
  })
})

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}

function sharesIn(table: Table): Record<string, number> {
  return Object.fromEntries(table.services.flatMap(({pools}) => pools.map(({id, share}) => [id, share])))
}

describe('a table that was kept', () => {
  const odd = (change: (service: Record<string, unknown>) => object) =>
    oddIn({services: both().services.map(service => change({...service}))})

  it('is as it was written', () => {
    expect(oddIn(EMPTY_TABLE)).toBeUndefined()
    expect(oddIn({...both(), fences: {shop: 7}, gone: {shop: []}})).toBeUndefined()
  })

  it('is odd where anything of it is of another kind', () => {
    expect(oddIn({services: 'x'})).toBe('services')
    expect(oddIn({services: [7]})).toBe('services[0]: service')
    expect(oddIn({services: [], fences: {shop: 'x'}})).toBe('fences')
    expect(oddIn({services: [], gone: {shop: 1}})).toBe('gone')
    expect(odd(service => ({...service, listen: '8001'}))).toBe('services[0]: listen')
    expect(odd(service => ({...service, settings: {...DEFAULT_SETTINGS, headersMs: 'abc'}}))).toBe(
      'services[0]: settings.headersMs is "abc"',
    )
    expect(odd(service => ({...service, settings: undefined}))).toBe('services[0]: settings.connectMs is undefined')
    expect(odd(service => ({...service, pools: [{...ONE, share: '100'}]}))).toBe('services[0]: pools')
  })
})
