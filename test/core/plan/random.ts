import fc from 'fast-check'
import type {Question} from '../../../src/core/graph/system.ts'
import {type Asked, question, type Said} from '../../support/question.ts'

type Place = 'first' | 'between' | 'last'

/**
 * Small random systems with everything in them that a plan has to respect: one or two contracts a service, modes,
 * required stops, states without a way back, plain order, services apart, clusters, services that come and go, clashes
 * that are excused. What runs and what should run mostly works together, so that the way from one to the other is the
 * question.
 */
export const questions: fc.Arbitrary<Question> = fc.gen().map(draw => {
  const pick = (most: number): number => draw(fc.integer, {min: 0, max: most})
  const chance = (percent: number): boolean => draw(fc.integer, {min: 0, max: 99}) < percent
  const count = 2 + pick(2)
  const names = ['a', 'b', 'c', 'd'].slice(0, count)
  const calls = names.map((_, own) => names.filter((__, other) => chance(other === own ? 12 : 50)))
  const contracts = names.map(name => [`${name}-api`, ...(chance(25) ? [`${name}-feed`] : [])])
  const strict = contracts.flat().filter(() => chance(20))
  /** Old releases speak major 1, the newest speak 2, those in between and a few others may speak both. */
  const majors = (place: Place): number[] => {
    if (chance(1)) return [1 + pick(2)]
    if (place === 'between') return [[1], [2], [1, 2], [1, 2], [1, 2], [3]][pick(5)] as number[]
    const both = chance(35)
    return place === 'first' ? (both ? [1, 2] : [1]) : both ? [1, 2] : [2]
  }
  const said = (own: number, place: Place): Said => {
    const consumes = (calls[own] ?? []).flatMap((other): [string, string][] => {
      if (place === 'between' && chance(10)) return []
      return (contracts[names.indexOf(other)] ?? []).map(contract => {
        const exact = strict.includes(contract) || chance(30)
        const ranges = majors(place).map(major => (exact ? `${major}.0.0` : `^${major}`))
        return [contract, ranges.join(' || ')]
      })
    })
    const provides = (contracts[own] ?? []).map((contract): [string, string[]] => {
      const range = !strict.includes(contract) && chance(15)
      return [contract, majors(place).map(major => (range ? `^${major}` : `${major}.0.0`))]
    })
    return {
      ...(!chance(1) && {provides: Object.fromEntries(provides)}),
      consumes: Object.fromEntries(consumes),
      irreversible: chance(8),
    }
  }
  const services = names.map((name, own) => {
    const newest = 1 + pick(count < 4 ? 2 : 1)
    const releases = Array.from({length: newest + 1}, (_, rank): [string, Said] => {
      const place = rank === 0 ? 'first' : rank === newest ? 'last' : 'between'
      const modes = count < 4 && chance(25) ? ([chance(50) ? 'between' : place, place] as const) : []
      const stop = rank > 0 && chance(25)
      return [
        `${rank + 1}.0.0`,
        {
          ...said(own, place),
          modes: Object.fromEntries(modes.map((each, number) => [`m${number}`, said(own, each)])),
          ...(stop && {upgradesFrom: {release: `>=${rank}.0.0`, ...(chance(10) && {mode: 'm1'})}}),
        },
      ]
    })
    return [name, releases] as const
  })
  const last = (releases: readonly (readonly [string, Said])[]): string => releases.at(-1)?.[0] ?? ''
  const current = services.flatMap(([name]): [string, string][] => (chance(2) ? [] : [[name, '1.0.0']]))
  const target = services.flatMap(([name, releases]): [string, string][] => {
    if (chance(5)) return []
    return [[name, chance(3) ? 'none' : chance(10) ? '1.0.0' : last(releases)]]
  })
  const asked: Asked = {
    services: Object.fromEntries(services.map(([name, releases]) => [name, Object.fromEntries(releases)])),
    after: Object.fromEntries(names.map((name, own) => [name, names.filter((_, other) => other !== own && chance(6))])),
    apart: chance(20) ? [names.filter(() => chance(70))] : [],
    strict,
    current: Object.fromEntries(current),
    target: Object.fromEntries(target),
    excuses: names.flatMap(client =>
      chance(5) ? [{client, server: names[0] as string, contract: `${names[0]}-api`, reason: 'known'}] : [],
    ),
  }
  return question(asked)
})
