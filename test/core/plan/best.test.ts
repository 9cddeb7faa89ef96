import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Question} from '../../../src/core/graph/system.ts'
import {check} from '../../../src/core/plan/check.ts'
import type {Plan, Step} from '../../../src/core/plan/plan.ts'
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
