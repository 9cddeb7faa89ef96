import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {lastStateOf} from '../../../src/core/graph/states.ts'
import type {Question, Service, Speech} from '../../../src/core/graph/system.ts'
import {check} from '../../../src/core/plan/check.ts'
import type {Plan, Step, Suggestion} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {type Best, best, mishap} from './brute.ts'
import {questions} from './random.ts'

/** A second or two each; more where everything else runs as well. */
const SLOW_MACHINE_MS = 180_000
const LIMITS = {timeLimitMs: 60_000, now: () => 0}

/** What a failure shows: fast-check adds the seed and the path that bring it back. */
function shown(question: Question): string {
  return JSON.stringify(question, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value))
}

describe('small random systems', () => {
  it(
    'get the best plan there is, or none where there is none',
    () => {
      fc.assert(
        fc.property(questions, question => {
          const found = plan(question, LIMITS)
          expect(costOf(found.steps), shown(question)).toEqual(best(question))
          if (found.steps) expect(found.optimal).toBe(true)
        }),
        {numRuns: 2500},
      )
    },
    SLOW_MACHINE_MS,
  )

  it(
    'get plans that are safe in every schedule',
    () => {
      fc.assert(
        fc.property(questions, question => {
          const found = plan(question, LIMITS)
          if (found.steps === null) return
          expect(check(question, found)).toEqual([])
          if (found.steps.length <= 8) expect(mishap(question, found.steps)).toBeNull()
        }),
        {numRuns: 1000},
      )
    },
    SLOW_MACHINE_MS,
  )

  it(
    'get the same answer in whatever order things are written, and advice that helps',
    () => {
      fc.assert(
        fc.property(questions, question => {
          const found = plan(question, LIMITS)
          expect(plan(turnedRound(question), LIMITS), shown(question)).toEqual(found)
          if (found.steps !== null) return
          const moves = found.suggestions.filter(({kind}) => kind === 'move')
          const helps = (some: readonly Suggestion[]): boolean => plan(followed(question, some), LIMITS).steps !== null
          expect(moves.length === 0 || helps(moves) || moves.every(move => helps([move])), shown(question)).toBe(true)
        }),
        {numRuns: 200},
      )
    },
    SLOW_MACHINE_MS,
  )

  it(
    'get plans of which the checker knows when they are spoiled',
    () => {
      fc.assert(
        fc.property(questions, fc.nat(), (question, which) => {
          const found = plan(question, LIMITS)
          if (found.steps === null || found.steps.length > 8) return
          const spoiled = withoutOneWait(found, which)
          if (spoiled) expect(check(question, {steps: spoiled}).length > 0).toBe(mishap(question, spoiled) !== null)
        }),
        {numRuns: 1000},
      )
    },
    SLOW_MACHINE_MS,
  )
})

/** The same question, with every list and mapping whose order means nothing the other way round. */
function turnedRound(question: Question): Question {
  const {system} = question
  const speech = <T extends Speech>(said: T): T => ({
    ...said,
    provides: back(said.provides),
    consumes: back(said.consumes),
  })
  const services = [...system.services].map(([name, service]): [string, Service] => {
    const releases = service.releases.map(release => ({...speech(release), modes: release.modes.map(speech)}))
    return [name, {...service, releases, after: service.after.toReversed()}]
  })
  const apart = system.apart.map(list => list.toReversed()).reverse()
  return {
    ...question,
    current: back(question.current),
    target: back(question.target),
    system: {...system, services: back(new Map(services)), contracts: back(system.contracts), apart},
  }
}

function back<K, V>(entries: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...entries].reverse())
}

/** The question of somebody who does what was suggested. */
function followed(question: Question, moves: readonly Suggestion[]): Question {
  const target = new Map(question.target)
  for (const {service, release} of moves) {
    const known = question.system.services.get(service)?.releases.find(({version}) => version === release)
    if (known) target.set(service, lastStateOf(known))
  }
  return {...question, target}
}

function costOf(steps: readonly Step[] | null): Best {
  if (!steps) return null
  const count = (action: string): number => steps.filter(step => step.action === action).length
  return {deploys: count('deploy'), switches: count('switch'), waves: Math.max(0, ...steps.map(step => step.wave))}
}

/** The plan with one `after` taken out, and the waves and the order that then follow; undefined where nobody waits. */
function withoutOneWait(found: Plan, which: number): readonly Step[] | undefined {
  const waits = found.steps.flatMap(step => step.after.map(before => ({id: step.id, before})))
  const gone = waits[which % Math.max(1, waits.length)]
  if (!gone) return undefined
  const waves = new Map<string, number>()
  const steps = found.steps.map(step => {
    const after = step.id === gone.id ? step.after.filter(before => before !== gone.before) : step.after
    const wave = 1 + Math.max(0, ...after.map(before => waves.get(before) ?? 0))
    waves.set(step.id, wave)
    return {...step, after, wave}
  })
  return steps.sort((a, b) => a.wave - b.wave || (a.service < b.service ? -1 : 1))
}
