import {by, byText} from '../base/order.ts'
import {bug} from '../base/bug.ts'
import {isIrreversible} from '../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import type {Clashes} from './clashes.ts'
import {gatesOf} from './gates.ts'
import type {Order, StepOf} from './orders.ts'
import type {Reason, Step, StepId} from './plan.ts'
import {reasonForStop, reasonsFor} from './reasons.ts'
import type {Course} from './solve.ts'

/** The steps of a plan, with everything that is said about them, by wave and then by service. */
export function stepsOf(
  question: Question,
  courses: readonly Course[],
  orders: readonly Order[],
  clashes: Clashes,
): readonly Step[] {
  const ordersOfStep = grouped(orders, order => idOf(order.then))
  const partners = partnersIn(courses, orders)
  const line = courses
    .flatMap(course => course.waves.map((wave, index) => ({course, wave, step: index + 1})))
    .sort((a, b) => a.wave - b.wave)
  const waves = new Map<StepId, number>()
  const steps = line.map(({course, step}): Step => {
    const service = question.system.services.get(course.service) ?? bug(`the system has no service ${course.service}`)
    const id = idOf({service: service.name, step})
    const [from, to] = [course.states[step - 1] as MaybeState, course.states[step] as MaybeState]
    const waitsFor = ordersOfStep.get(id) ?? []
    const after = idsBefore({service: service.name, step}, waitsFor)
    const wave = 1 + Math.max(0, ...after.map(before => waves.get(before) ?? bug(`${before} comes after ${id}`)))
    waves.set(id, wave)
    const next = course.states[step + 1]
    const stop = next === undefined ? [] : reasonForStop(service, from, to, next, clashes, partners(service.name))
    const reasons = [...waitsFor.flatMap(order => reasonsFor(question, order, clashes)), ...stop]
    return {
      id,
      wave,
      service: service.name,
      action: actionOf(from, to),
      from,
      to,
      after,
      gates: gatesOf(service, from, to),
      reversible: !barsTheWayBack(service, from, to),
      reasons: unique(reasons),
    }
  })
  return steps.sort((a, b) => a.wave - b.wave || (a.service < b.service ? -1 : 1))
}

export function idOf({service, step}: StepOf): StepId {
  return `${service}-${step}`
}

export function actionOf(from: MaybeState, to: MaybeState): Step['action'] {
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

/** The step of the same service before it, and those that orders name. */
function idsBefore(own: StepOf, orders: readonly Order[]): readonly StepId[] {
  const before = orders.map(order => order.before).sort(by(step => step.service))
  const all = own.step > 1 ? [{service: own.service, step: own.step - 1}, ...before] : before
  return [...new Set(all.map(idOf))]
}

type Partners = (service: ServiceName) => ReadonlyMap<ServiceName, readonly MaybeState[]>

/** The services that a service waits for or that wait for it, with where they may be in the course of the plan. */
function partnersIn(courses: readonly Course[], orders: readonly Order[]): Partners {
  const states = new Map(courses.map(course => [course.service, course.states]))
  const partners = new Map<ServiceName, Set<ServiceName>>()
  const meet = (a: ServiceName, b: ServiceName): void => {
    const known = partners.get(a)
    if (known) known.add(b)
    else partners.set(a, new Set([b]))
  }
  for (const {before, then} of orders) {
    meet(before.service, then.service)
    meet(then.service, before.service)
  }
  return service => new Map([...(partners.get(service) ?? [])].sort(byText).map(name => [name, states.get(name) ?? []]))
}

function grouped<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return groups
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map(reason => [reason.text, reason])).values()]
}
