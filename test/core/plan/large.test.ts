import {describe, expect, it} from 'vitest'
import {ADDING, BRIDGED, callers, everythingMoves, KNOTS, random, STEPWISE} from '../../../bench/systems.ts'
import type {Question} from '../../../src/core/graph/system.ts'
import {check} from '../../../src/core/plan/check.ts'
import type {Plan} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {question} from '../../support/question.ts'

const LIMITS = {timeLimitMs: 60_000, now: () => 0}

function planned(asked: Question): Plan {
  const found = plan(asked, LIMITS)
  if (found.steps === null) throw new Error(`no plan: ${found.why}`)
  expect(check(asked, found)).toEqual([])
  return found
}

describe('large systems', () => {
  it.each([
    ['servers that only add', ADDING, 1000, true],
    ['lock-step through every release', STEPWISE, 2000, true],
  ] as const)('%s', (_, says, steps, optimal) => {
    const found = planned(everythingMoves(callers(1000, 5, 1), 3, says))
    expect({steps: found.steps.length, optimal: found.optimal}).toEqual({steps, optimal})
  })

  it('a knot of a thousand services is untied, if perhaps not in the fewest steps', () => {
    const found = planned(everythingMoves(callers(1000, 5, 1), 3, BRIDGED))
    expect(found.steps.length).toBeLessThan(1800)
    expect(found.steps.at(-1)?.wave).toBe(3)
  })

  it('one server and three hundred clients that all need its bridge: exactly', () => {
    const clients = Object.fromEntries(
      Array.from({length: 300}, (_, own) => [
        `client-${own}`,
        {'1.0.0': {consumes: {api: '^1'}}, '2.0.0': {consumes: {api: '^2'}}},
      ]),
    )
    const server = {
      '1.0.0': {provides: {api: '1.0.0'}},
      '2.0.0': {provides: {api: ['1.0.0', '2.0.0']}},
      '3.0.0': {provides: {api: '2.0.0'}},
    }
    const at = (version: string, last: string) => ({
      server: last,
      ...Object.fromEntries(Object.keys(clients).map(name => [name, version])),
    })
    const found = planned(
      question({services: {server, ...clients}, current: at('1.0.0', '1.0.0'), target: at('2.0.0', '3.0.0')}),
    )
    expect([found.steps.length, found.steps.at(-1)?.wave, found.optimal]).toEqual([302, 3, true])
  })

  it('two hundred services of which no two may move at once', () => {
    const names = Array.from({length: 200}, (_, own) => `s${own}`)
    const services = Object.fromEntries(names.map(name => [name, {'1.0.0': {}, '2.0.0': {}}]))
    const all = (version: string) => Object.fromEntries(names.map(name => [name, version]))
    const found = planned(question({services, apart: [names], current: all('1.0.0'), target: all('2.0.0')}))
    expect([found.steps.at(-1)?.wave, found.optimal]).toEqual([200, true])
  })

  it('a thousand releases, of which the newest that helps is taken', () => {
    const releases = Object.fromEntries(
      Array.from({length: 1000}, (_, minor) => [`1.${minor}.0`, minor > 500 ? {upgradesFrom: '>=1.400.0'} : {}]),
    )
    const found = planned(question({services: {db: releases}, current: {db: '1.0.0'}, target: {db: '1.999.0'}}))
    expect(found.steps.map(step => step.to?.release)).toEqual(['1.500.0', '1.999.0'])
  })
})

describe('knots', () => {
  it.each(KNOTS.map(({name, question}) => [name, question] as const))('%s: exactly', (_, asked) => {
    const found = plan(asked, LIMITS)
    if (found.steps === null) expect(found.why).toBe('impossible')
    else expect(found.optimal).toBe(true)
  })
})

describe('the same question', () => {
  it('gets the same plan in whatever order it is written', () => {
    for (const {question: asked} of KNOTS) {
      const found = plan(asked, LIMITS)
      for (const seed of [1, 2, 3]) expect(plan(shuffled(asked, seed), LIMITS)).toEqual(found)
    }
  })

  it('gets no answer where there is no time, and a safe one where there is little', () => {
    const asked = everythingMoves(callers(60, 4, 3), 3, BRIDGED)
    let now = 0
    const found = plan(asked, {timeLimitMs: 50, now: () => now++})
    if (found.steps !== null) expect(check(asked, found)).toEqual([])
    else expect(found.why).toBe('time')
  })
})

/** The question with everything that has no order in another one. */
function shuffled(asked: Question, seed: number): Question {
  const draw = random(seed)
  const mix = <T>(values: Iterable<T>): T[] => {
    const drawn = [...values].map(value => ({value, place: draw()}))
    return drawn.sort((a, b) => a.place - b.place).map(each => each.value)
  }
  const map = <K, V>(values: ReadonlyMap<K, V>): ReadonlyMap<K, V> => new Map(mix(values))
  const services = new Map(
    mix(asked.system.services.values()).map(service => [
      service.name,
      {
        ...service,
        releases: service.releases.map(each => ({...each, provides: map(each.provides), consumes: map(each.consumes)})),
      },
    ]),
  )
  return {...asked, system: {...asked.system, services}, current: map(asked.current), target: map(asked.target)}
}

describe('a knot that nobody can search whole', () => {
  /** Every service calls every tenth other, and each release speaks with a few of the releases around it. */
  function tangled(size: number): Question {
    const next = random(7)
    const pick = (...choices: readonly number[]) => choices[Math.floor(next() * choices.length)] as number
    const names = Array.from({length: size}, (_, own) => `s${own}`)
    const calls = new Map(names.map(name => [name, names.filter(other => other !== name && next() < 0.1)]))
    const newest = 12
    const said = (name: string, major: number) => ({
      provides: {
        [name]: Array.from({length: newest}, (_, each) => each + 1)
          .filter(each => each >= major - 1 && each <= major)
          .map(each => `${each}.0.0`),
      },
      consumes: Object.fromEntries(
        (calls.get(name) ?? []).map(other => [other, `>=${Math.max(1, major - pick(1, 2, 3))} <${major + pick(1, 2)}`]),
      ),
    })
    const releases = (name: string) =>
      Object.fromEntries(Array.from({length: newest}, (_, each) => [`${each + 1}.0.0`, said(name, each + 1)]))
    const all = (version: string) => Object.fromEntries(names.map(name => [name, version]))
    return question({
      services: Object.fromEntries(names.map(name => [name, releases(name)])),
      current: all('1.0.0'),
      target: all(`${newest}.0.0`),
    })
  }

  it('is said to be one, and not to want more time', () => {
    const found = plan(tangled(80), LIMITS)
    expect(found).toMatchObject({why: 'time', text: expect.stringContaining('however long')})
  })

  it('where there was no time: says so', () => {
    const found = plan(tangled(80), {timeLimitMs: 0, now: () => 0})
    expect(found).toMatchObject({why: 'time', text: expect.stringContaining('a longer --time-limit may find one')})
  })
})
