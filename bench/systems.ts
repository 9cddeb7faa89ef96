import type {Question, Release, Service, State} from '../src/core/graph/system.ts'

/** A small generator that gives the same numbers every time (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Who calls whom: each service calls `degree` others that come before it. */
export function callers(services: number, degree: number, seed: number): readonly (readonly number[])[] {
  const draw = random(seed)
  return Array.from({length: services}, (_, own) => {
    const called = new Set<number>()
    while (called.size < Math.min(degree, own)) called.add(Math.floor(draw() * own))
    return [...called]
  })
}

/** What release `rank` of a service says, given whom it calls; ranks count from 0. */
export type Says = (
  rank: number,
  own: number,
  called: readonly number[],
) => {
  readonly provides: readonly string[]
  readonly consumes: (server: number) => string
  readonly upgradesFrom?: string
}

/** A question in which every service goes from its first release to its last. */
export function everythingMoves(calls: readonly (readonly number[])[], releases: number, says: Says): Question {
  const name = (own: number): string => `service-${String(own).padStart(5, '0')}`
  const services = calls.map((called, own): [string, Service] => {
    const all = Array.from({length: releases}, (_, rank): Release => {
      const {provides, consumes, upgradesFrom} = says(rank, own, called)
      return {
        version: `${rank + 1}.0.0`,
        provides: new Map([[`${name(own)}-api`, provides]]),
        consumes: new Map(called.map(server => [`${name(server)}-api`, consumes(server)])),
        modes: [],
        ...(upgradesFrom !== undefined && {upgradesFrom: {release: upgradesFrom}}),
        irreversible: false,
      }
    })
    return [name(own), {name: name(own), releases: all, after: []}]
  })
  const at = (rank: number): Map<string, State> =>
    new Map(services.map(([service]) => [service, {release: `${rank + 1}.0.0`, mode: null}]))
  return {
    system: {name: 'bench', contracts: new Map(), services: new Map(services), apart: []},
    environment: 'production',
    current: at(0),
    target: at(releases - 1),
    excuses: [],
  }
}

/** Servers only add: their clients' new releases wait for them. */
export const ADDING: Says = rank => ({
  provides: Array.from({length: rank + 1}, (_, minor) => `1.${minor}.0`),
  consumes: () => `^1.${rank}.0`,
})

/** Every release speaks with the one before and the one after it, and none may be skipped: lock-step all the way. */
export const STEPWISE: Says = rank => ({
  provides: rank === 0 ? ['1.0.0'] : [`${rank}.0.0`, `${rank + 1}.0.0`],
  consumes: () => `^${rank + 1}`,
  ...(rank > 0 && {upgradesFrom: `>=${rank}.0.0`}),
})

/** The middle release is a bridge, and every pair of neighbours needs one of the two to go over it. */
export const BRIDGED: Says = rank => ({
  provides: [['1.0.0'], ['1.0.0', '2.0.0'], ['2.0.0']][rank] as string[],
  consumes: () => ['^1', '^1 || ^2', '^2'][rank] as string,
})

const TEN = 10

/** Each service works with the release of its neighbours that it is level with, and with those one below and above. */
function ladder(calls: (own: number, other: number) => boolean): Question {
  const all = Array.from({length: TEN}, (_, own) =>
    Array.from({length: TEN}, (__, other) => other).filter(other => other !== own && calls(own, other)),
  )
  return everythingMoves(all, 4, rank => ({
    provides: [`${rank + 1}.0.0`],
    consumes: () => `>=${rank}.0.0 <=${rank + 2}.0.0`,
    ...(rank > 0 && {upgradesFrom: `>=${rank}.0.0`}),
  }))
}

/** Each release works with its own level and, by chance, with others. */
function tangle(seed: number, link: number, served: number, called: number): Question {
  const draw = random(seed)
  const all = Array.from({length: TEN}, (_, own) =>
    Array.from({length: TEN}, (__, other) => other).filter(other => other !== own && draw() < link),
  )
  return everythingMoves(all, 4, rank => {
    const also = (chance: number): number[] => [1, 2, 3, 4].filter(level => level === rank + 1 || draw() < chance)
    const provides = also(served).map(level => `${level}.0.0`)
    return {
      provides,
      consumes: () =>
        also(called)
          .map(level => `^${level}`)
          .join(' || '),
    }
  })
}

/** Each service calls the next one, which always has to be a release ahead, but never two. */
function procession(): Question {
  const all = Array.from({length: TEN}, (_, own) => (own + 1 < TEN ? [own + 1] : []))
  return everythingMoves(all, 4, rank => ({
    provides: rank === 0 ? ['1.0.0'] : [`${rank}.0.0`, `${rank + 1}.0.0`],
    consumes: () => `^${rank + 1}`,
  }))
}

/** Knots: ten services with four releases each, that all wait for each other. */
export const KNOTS: readonly {readonly name: string; readonly question: Question}[] = [
  {name: 'lock-step, all with all', question: ladder(() => true)},
  {name: 'lock-step, round a ring', question: ladder((own, other) => (own + 1) % TEN === other)},
  {name: 'one ahead of the other', question: procession()},
  {name: 'at random, thin', question: tangle(54, 0.25, 0.3, 0.6)},
  {name: 'at random, thick', question: tangle(54, 0.7, 0.3, 0.6)},
  {name: 'at random, thick and winding', question: tangle(6, 0.7, 0.4, 0.6)},
  {name: 'at random, without a way', question: tangle(1, 0.7, 0.25, 0.5)},
]
