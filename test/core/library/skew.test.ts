import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Locked, skewOf} from '../../../src/core/library/skew.ts'
import {type Resolved, resolvedOf} from '../../../src/core/matrix/resolved.ts'

const lock = (entries: Readonly<Record<string, string>>) => resolvedOf(Object.entries(entries))

const SHOP: readonly Locked[] = [
  {
    service: 'accounts',
    prod: lock({a: '1.0.0', b: '1.0.0', c: '1.0.0'}),
    master: lock({a: '3.0.0', b: '2.0.0', c: '1.0.0'}),
  },
  {service: 'billing', prod: lock({a: '2.0.0', b: '2.0.0'})},
  {service: 'mail', prod: lock({a: '10.0.0', b: '2.0.0'})},
]

describe('the skew of libraries', () => {
  it('counts libraries and versions over all services', () => {
    expect(skewOf(SHOP)).toMatchObject({services: ['accounts', 'billing', 'mail'], libraries: 3, versions: 6})
  })

  it('tells who lags, the most versions first and the newest version first', () => {
    expect(skewOf(SHOP).skewed).toEqual([
      {
        library: 'a',
        versions: [
          {version: '10.0.0', services: ['mail']},
          {version: '2.0.0', services: ['billing']},
          {version: '1.0.0', services: ['accounts']},
        ],
        lagging: ['accounts', 'billing'],
      },
      {
        library: 'b',
        versions: [
          {version: '2.0.0', services: ['billing', 'mail']},
          {version: '1.0.0', services: ['accounts']},
        ],
        lagging: ['accounts'],
      },
    ])
  })

  it('finds the one move that removes most', () => {
    expect(skewOf(SHOP).moves).toEqual([
      {kind: 'update', service: 'accounts', removes: 2, adds: 0, libraries: ['a', 'b']},
      {kind: 'release', service: 'accounts', removes: 2, adds: 1, libraries: ['a', 'b']},
      {kind: 'update', service: 'billing', removes: 1, adds: 0, libraries: ['a']},
    ])
  })

  it('has nothing to say of services that agree', () => {
    const [one] = SHOP
    expect(skewOf(one ? [one, {...one, service: 'copy'}] : [])).toMatchObject({versions: 3, skewed: [], moves: []})
  })

  it('promises what comes of a move, whatever the services', () => {
    const version = fc.constantFrom('1.0.0', '1.1.0', '2.0.0', '10.0.0')
    const resolved = fc.dictionary(fc.constantFrom('a', 'b', 'c'), version, {maxKeys: 3}).map(lock)
    const services = fc.array(fc.record({prod: resolved, master: resolved}), {minLength: 1, maxLength: 5})
    fc.assert(
      fc.property(services, found => {
        const locked = found.map((one, at) => ({...one, service: `s${at}`}))
        const {skewed, versions, moves} = skewOf(locked)
        const newest = new Map(skewed.map(({library, versions: [first]}) => [library, first?.version ?? '']))
        for (const {kind, service, removes, adds} of moves) {
          const next = (one: (typeof locked)[number]): Resolved =>
            kind === 'release'
              ? one.master
              : new Map([...one.prod].map(([name, own]) => [name, newest.has(name) ? [newest.get(name) ?? ''] : own]))
          const after = locked.map(one => ({
            service: one.service,
            prod: one.service === service ? next(one) : one.prod,
          }))
          expect(skewOf(after).versions).toBe(versions - removes + adds)
        }
      }),
      {numRuns: 300},
    )
  })
})
