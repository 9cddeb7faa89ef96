import fc from 'fast-check'
import {expect, it} from 'vitest'
import {lastStateOf} from '../../../../src/core/graph/states.ts'
import type {Question} from '../../../../src/core/graph/system.ts'
import type {Suggestion} from '../../../../src/core/plan/plan.ts'
import {plan} from '../../../../src/core/plan/planner.ts'
import {questions} from '../random.ts'

const LIMITS = {timeLimitMs: 10_000, now: () => 0}

/** The question with services sent where suggestions say. */
function taken(question: Question, suggestions: readonly Suggestion[]): Question {
  const target = new Map(question.target)
  for (const {service, release: version} of suggestions) {
    const release = question.system.services.get(service)?.releases.find(each => each.version === version)
    if (!release) throw new Error(`${service} has no release ${version}`)
    target.set(service, lastStateOf(release))
  }
  return {...question, target}
}

it('whoever takes a suggestion to move has a plan: each is enough, or all that name each other', () => {
  let moved = 0
  const someStay = fc.tuple(questions, fc.integer({min: 0, max: 15})).map(([question, mask]): Question => {
    const target = new Map([...question.target].filter((_, place) => ((mask >> place) & 1) === 0))
    return {...question, target}
  })
  fc.assert(
    fc.property(someStay, question => {
      const answer = plan(question, LIMITS)
      if (answer.steps !== null) return
      const moves = answer.suggestions.filter(({kind}) => kind === 'move')
      const joint = moves.filter(({text}) => text.includes(', together with '))
      const single = moves.filter(each => !joint.includes(each))
      for (const each of [...single.map(one => [one]), ...(joint.length > 0 ? [joint] : [])]) {
        expect(plan(taken(question, each), LIMITS).steps).not.toBeNull()
        moved++
      }
    }),
    {numRuns: 300},
  )
  expect(moved).toBeGreaterThan(10)
})
