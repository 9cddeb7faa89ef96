import {bug} from '../base/bug.ts'
import type {Excuse, MaybeState, Question, ServiceName} from '../graph/system.ts'
import {budget, type Limits} from './budget.ts'
import {check} from './check.ts'
import {type Clashes, clashesIn} from './explain/clashes.ts'
import {fingerprintOf} from './fingerprint.ts'
import {type Explained, explain} from './explain/impossible.ts'
import type {Conflict, NoPlan, Plan, Step} from './plan.ts'
import {setUp} from './board/setup.ts'
import {SEARCHING} from './search/knots.ts'
import {type Solution, solve, solveStraight} from './search/solve.ts'
import {stepsOf} from './explain/steps.ts'
import {suggest} from './explain/suggestions.ts'

/**
 * The best safe way from what runs to what should, or why there is none. Past the time limit the way is still safe,
 * only perhaps not the best. Whatever is returned here has been replayed by the independent checker.
 */
export function plan(question: Question, limits: Limits): Plan | NoPlan {
  const [time, since] = [budget(limits), limits.now()]
  const clashes = clashesIn(question)
  const {board, clashesAtStart, clashesAtGoal} = setUp(question, 'where needed')
  if (clashesAtStart) return no('clash', clashes.standing(question.current))
  if (clashesAtGoal) return impossible(question, {conflicts: clashes.standing(endOf(question)), bridgeable: []}, limits)
  const solution = solveStraight(board, time) ?? solve(setUp(question, 'anywhere').board, time)
  if (solution.is === 'time')
    return {...no('time', []), text: limits.now() - since < limits.timeLimitMs * SEARCHING ? TOO_MANY : TOO_LONG}
  if (solution.is === 'impossible') return impossible(question, explain(question, solution.services, clashes), limits)
  return written(question, solution, clashes)
}

const TOO_LONG = 'none was found in time; a longer --time-limit may find one'
const TOO_MANY =
  'none was found: so many services wait for each other that not every order can be tried, however long; ' +
  'with fewer of them in target, a part of the way may be found'

function no(why: NoPlan['why'], conflicts: readonly Conflict[]): NoPlan {
  return {sluicePlan: 1, steps: null, why, conflicts, suggestions: []}
}

/** What runs when a plan is done. */
export function endOf(question: Question): ReadonlyMap<ServiceName, MaybeState> {
  return new Map<ServiceName, MaybeState>([...question.current, ...question.target])
}

function impossible(question: Question, explained: Explained, limits: Limits): NoPlan {
  const {text, conflicts} = explained
  const suggestions = suggest(question, explained, limits)
  return {...no('impossible', conflicts), ...(text !== undefined && {text}), suggestions}
}

function written(question: Question, solution: Extract<Solution, {is: 'solved'}>, clashes: Clashes): Plan {
  const steps = stepsOf(question, solution.courses, clashes)
  const excused = excusedIn(question, steps, clashes)
  const made: Plan = {
    sluicePlan: 1,
    system: question.system.name,
    environment: question.environment,
    fingerprint: fingerprintOf(question, steps),
    optimal: solution.optimal,
    steps,
    ...(excused.length > 0 && {excused}),
  }
  const violations = check(question, made)
  return violations.length === 0 ? made : bug(`a plan that is not safe was made: ${violations.join('; ')}`)
}

/** The excuses that this plan lives by: those where some state on the client's way clashes with some on the server's. */
function excusedIn(question: Question, steps: readonly Step[], clashes: Clashes): readonly Excuse[] {
  const statesOf = (name: ServiceName): readonly MaybeState[] => [
    question.current.get(name) ?? null,
    ...steps.flatMap(step => (step.service === name ? [step.to] : [])),
  ]
  return question.excuses.filter(({client, server, contract}) =>
    statesOf(client).some(own =>
      statesOf(server).some(other =>
        clashes.clashing({service: client, state: own}, {service: server, state: other}, contract),
      ),
    ),
  )
}
