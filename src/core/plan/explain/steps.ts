import {by, byText} from '../../base/order.ts'
import {bug} from '../../base/bug.ts'
import {isIrreversible} from '../../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../../graph/system.ts'
import {rememberedMajors} from '../../graph/versions.ts'
import type {Clashes} from './clashes.ts'
import {gatesOf} from '../gates.ts'
import type {Course, Wait} from '../order/orders.ts'
import type {Step, StepId} from '../plan.ts'
import {type Partners, reasonForStop, reasonsIn} from './reasons.ts'

/** The steps of a plan, with everything that is said about them, by wave and then by service. */
export function stepsOf(question: Question, courses: readonly Course[], clashes: Clashes): readonly Step[] {
  const reasonsOf = reasonsIn(question, clashes)
  const partners = partnersIn(courses)
  const majorsOf = rememberedMajors()
  const stepOf = (course: Course, step: number): Step => {
    const service = question.system.services.get(course.service) ?? bug(`the system has no service ${course.service}`)
    const from = course.states[step - 1] as MaybeState
    const to = course.states[step] as MaybeState
    const next = course.states[step + 1]
    const reasons = reasonsOf(course, step)
    if (next !== undefined) reasons.push(...reasonForStop(service, from, to, next, clashes, partners))
    return {
      id: course.ids[step] as StepId,
      wave: course.waves[step] as number,
      service: service.name,
      action: actionOf(from, to),
      from,
      to,
      after: idsBefore(course, step),
      gates: gatesOf(service, from, to, majorsOf),
      reversible: !barsTheWayBack(service, from, to),
      reasons,
    }
  }
  const layers: Step[][] = []
  for (const course of courses) {
    for (let step = 1; step < course.states.length; step++) {
      ;(layers[course.waves[step] as number] ??= []).push(stepOf(course, step))
    }
  }
  return layers.flat()
}

function actionOf(from: MaybeState, to: MaybeState): Step['action'] {
  return from !== null && to !== null && from.release === to.release ? 'switch' : 'deploy'
}

/** Whether what is irreversible about a state keeps a service from going back to where it came from. */
function barsTheWayBack(service: Service, from: MaybeState, to: MaybeState): boolean {
  if (from === null || to === null || !isIrreversible(service, to)) return false
  const releases = service.releases.map(release => release.version)
  if (from.release !== to.release) return releases.indexOf(from.release) < releases.indexOf(to.release)
  const modes = service.releases.find(release => release.version === to.release)?.modes.map(mode => mode.name) ?? []
  return modes.indexOf(from.mode ?? '') < modes.indexOf(to.mode ?? '')
}

/** The step of the same service before it, and those it waits for. */
function idsBefore(course: Course, step: number): readonly StepId[] {
  const waits = course.waits[step] as readonly Wait[]
  // Waits for the sake of contracts are by name already; those of services that keep apart come behind them.
  const sorted = waits.at(-1)?.is === 'apart' ? waits.toSorted(by(({before}) => before.service)) : waits
  const ids = sorted.map(({before, step: other}) => before.ids[other] as StepId)
  if (step > 1) ids.unshift(course.ids[step - 1] as StepId)
  return sorted === waits ? ids : [...new Set(ids)]
}

/**
 * The services that a service waits for or that wait for it, with where they may be in the course of the plan. Looked
 * together only when it is asked for, for most plans never stop on the way.
 */
function partnersIn(courses: readonly Course[]): Partners {
  let known: ReadonlyMap<ServiceName, ReadonlySet<ServiceName>> | undefined
  const states = new Map<ServiceName, Course['states']>()
  return service => {
    if (!known) {
      known = meetings(courses)
      for (const course of courses) states.set(course.service, course.states)
    }
    return new Map([...(known.get(service) ?? [])].sort(byText).map(name => [name, states.get(name) ?? []]))
  }
}

function meetings(courses: readonly Course[]): ReadonlyMap<ServiceName, ReadonlySet<ServiceName>> {
  const partners = new Map(courses.map(({service}) => [service, new Set<ServiceName>()]))
  for (const {service, waits} of courses) {
    for (const {before} of waits.flat()) {
      partners.get(service)?.add(before.service)
      partners.get(before.service)?.add(service)
    }
  }
  return partners
}
