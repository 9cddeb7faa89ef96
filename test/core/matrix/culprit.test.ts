import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {nextProbe, type Probe, type ProbeOutcome, type Search} from '../../../src/core/matrix/culprit.ts'

type World = (take: ReadonlySet<string>) => ProbeOutcome

/** Carries a search out against a world, and counts. */
function carryOut(search: Search, world: World) {
  const probes: Probe[] = []
  for (;;) {
    const step = nextProbe(search, probes)
    if (step.is !== 'try') return {step, probes}
    probes.push({take: step.take, outcome: world(new Set(step.take))})
  }
}

const searchIn = (updates: readonly string[], suspects = 0, budget = 10_000): Search => ({updates, suspects, budget})
const names = (count: number) => Array.from({length: count}, (_, at) => `lib-${at}`)

/** Red as soon as one of the sets is there as a whole. */
const redWith =
  (...sets: readonly (readonly string[])[]): World =>
  take =>
    sets.some(set => set.every(name => take.has(name))) ? 'failed' : 'passed'

describe('the search for culprits', () => {
  it('finds the one guilty update and proves the rest green', () => {
    const {step} = carryOut(searchIn(['a', 'b', 'c', 'd']), redWith(['c']))
    expect(step).toEqual({is: 'found', sets: [['c']], held: ['c'], green: ['a', 'b', 'd']})
  })

  it('takes a suspect that is guilty in two probes', () => {
    const {step, probes} = carryOut(searchIn(names(40), 1), redWith(['lib-0']))
    expect(step).toMatchObject({is: 'found', held: ['lib-0']})
    expect(probes).toHaveLength(2)
  })

  it('needs at most half the runs of trying one by one, wherever the culprit of 20 is', () => {
    for (const guilty of names(20)) {
      expect(carryOut(searchIn(names(20)), redWith([guilty])).probes.length).toBeLessThanOrEqual(10)
    }
  })

  it('finds a pair that is red only together, and holds one of the two back', () => {
    const {step} = carryOut(searchIn(names(30)), redWith(['lib-4', 'lib-21']))
    expect(step).toMatchObject({is: 'found', sets: [['lib-4', 'lib-21']], held: ['lib-21']})
  })

  it('finds several', () => {
    const {step} = carryOut(searchIn(names(30)), redWith(['lib-3'], ['lib-17'], ['lib-29']))
    expect(step).toMatchObject({is: 'found', held: ['lib-3', 'lib-17', 'lib-29']})
  })

  it('lets go again what was held back only for a partner that is guilty by itself', () => {
    const {step} = carryOut(searchIn(['a', 'b', 'c', 'd']), redWith(['a', 'b'], ['a', 'd'], ['a', 'c']))
    expect(step).toMatchObject({is: 'found'})
    const green = new Set(step.is === 'found' ? step.green : [])
    expect(redWith(['a', 'b'], ['a', 'c'], ['a', 'd'])(green)).toBe('passed')
  })

  it('moves together what cannot be had apart', () => {
    const together: World = take => {
      if (take.has('b') !== take.has('c')) return 'unresolved'
      return take.has('b') ? 'failed' : 'passed'
    }
    const {step} = carryOut(searchIn(['a', 'b', 'c', 'd']), together)
    expect(step).toMatchObject({is: 'found', held: ['b', 'c'], green: ['a', 'd']})
  })

  it('tells what it knows when the budget is spent', () => {
    const {step, probes} = carryOut(searchIn(names(64), 0, 3), redWith(['lib-40']))
    expect(probes).toHaveLength(3)
    expect(step).toMatchObject({is: 'given-up'})
    expect(step.is === 'given-up' && step.suspects).toContain('lib-40')
    expect(step.is === 'given-up' && step.suspects).toHaveLength(8)
  })

  it('is carried on from its probes alone, wherever it was killed', () => {
    const search = searchIn(names(30))
    const {step, probes} = carryOut(search, redWith(['lib-4', 'lib-21'], ['lib-9']))
    for (let done = 0; done < probes.length; done++) {
      expect(nextProbe(search, probes.slice(0, done))).toEqual({is: 'try', take: probes[done]?.take})
    }
    expect(nextProbe(search, probes)).toEqual(step)
  })
})

const sizes = fc.integer({min: 1, max: 12})
const worlds = sizes.chain(size =>
  fc.record({
    size: fc.constant(size),
    suspects: fc.integer({min: 0, max: size}),
    sets: fc.array(fc.uniqueArray(fc.integer({min: 0, max: size - 1}), {minLength: 1, maxLength: 3}), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
)

/** Every subset of a list. */
function subsets(list: readonly string[]): string[][] {
  return list.reduce<string[][]>((all, name) => [...all, ...all.map(one => [...one, name])], [[]])
}

describe('against brute force', () => {
  it('names only smallest red sets, and holds back nothing that could be taken', () => {
    fc.assert(
      fc.property(worlds, ({size, suspects, sets}) => {
        const world = redWith(...sets.map(set => set.map(at => `lib-${at}`)))
        const {step} = carryOut(searchIn(names(size), suspects), world)
        if (step.is !== 'found') throw new Error(`not found: ${step.is}`)
        expect(world(new Set(step.green))).toBe('passed')
        expect([...step.green, ...step.held].sort()).toEqual(names(size).sort())
        for (const one of step.held) expect(world(new Set([...step.green, one]))).toBe('failed')
        for (const set of step.sets) {
          const smaller = subsets(set).filter(subset => subset.length < set.length)
          expect(world(new Set(set))).toBe('failed')
          for (const subset of smaller) expect(world(new Set(subset))).toBe('passed')
        }
      }),
    )
  })

  it('stays within its bound, and never asks twice', () => {
    fc.assert(
      fc.property(worlds, ({size, suspects, sets}) => {
        const {step, probes} = carryOut(
          searchIn(names(size), suspects),
          redWith(...sets.map(set => set.map(at => `lib-${at}`))),
        )
        const log = Math.ceil(Math.log2(size)) + 1
        const rounds = sets.length * 2
        expect(step.is).toBe('found')
        expect(probes.length).toBeLessThanOrEqual(rounds * (log + 3 + 3 * (log + 1)))
        expect(new Set(probes.map(probe => [...probe.take].sort().join())).size).toBe(probes.length)
      }),
    )
  })

  it('ends with a set that was seen green, whatever the world answers', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.infiniteStream(fc.constantFrom<ProbeOutcome>('passed', 'failed', 'unresolved')),
        (size, answers) => {
          const {step, probes} = carryOut(searchIn(names(size)), () => answers.next().value ?? 'failed')
          if (step.is !== 'found') throw new Error(`not found: ${step.is}`)
          const green = JSON.stringify([...step.green].sort())
          const seen = probes
            .filter(probe => probe.outcome === 'passed')
            .map(probe => JSON.stringify([...probe.take].sort()))
          expect([...seen, '[]']).toContain(green)
        },
      ),
    )
  })
})
