import {by, byText} from '../base/order.ts'
import {bug} from '../base/bug.ts'
import {isIrreversible} from '../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import type {Clashes} from './clashes.ts'
import {gatesOf} from './gates.ts'
import type {Order, StepOf} from './orders.ts'
import type {Reason, Step, StepId} from './plan.ts'
import {type Partners, reasonForStop, reasonsFor} from './reasons.ts'
import type {Course} from './solve.ts'

/** The steps of a plan, with everything that is said about them, by wave and then by service. */
export function stepsOf(
  question: Question,
  courses: readonly Course[],
  orders: readonly Order[],
  clashes: Clashes,
): readonly Step[] {
  const waitsOf = byStep(orders)
  const partners = partnersIn(courses, orders)
  const line = courses
    .flatMap(course => course.waves.map((wave, index) => ({course, wave, step: index + 1})))
    .sort((a, b) => a.wave - b.wave)
  const waves = new Map(courses.map(course => [course.service, new Array<number>(course.waves.length + 1).fill(0)]))
  const waveOf = ({service, step}: StepOf): number => waves.get(service)?.[step] as number
  const steps = line.map(({course, step}): Step => {
    const service = question.system.services.get(course.service) ?? bug(`the system has no service ${course.service}`)
    const [from, to] = [course.states[step - 1] as MaybeState, course.states[step] as MaybeState]
    const waitsFor = waitsOf.get(service.name)?.[step] ?? []
    const own = waves.get(service.name) as number[]
    const wave = 1 + waitsFor.reduce((last, {before}) => Math.max(last, waveOf(before)), own[step - 1] as number)
    own[step] = wave
    const next = course.states[step + 1]
    const reasons = waitsFor.flatMap(order => reasonsFor(question, order, clashes))
    if (next !== undefined) reasons.push(...reasonForStop(service, from, to, next, clashes, partners))
    return {
      id: idOf({service: service.name, step}),
      wave,
      service: service.name,
      action: actionOf(from, to),
      from,
      to,
      after: idsBefore({service: service.name, step}, waitsFor),
      gates: gatesOf(service, from, to),
      reversible: !barsTheWayBack(service, from, to),
      reasons: unique(reasons),
    }
  })
  return steps.sort((a, b) => a.wave - b.wave || (a.service < b.service ? -1 : 1))
}

/** What each step waits for, by service and by the number of the step. */
function byStep(orders: readonly Order[]): ReadonlyMap<ServiceName, readonly (readonly Order[])[]> {
  const waits = new Map<ServiceName, Order[][]>()
  for (const order of orders) {
    const {service, step} = order.then
    let steps = waits.get(service)
    if (!steps) {
      steps = []
      waits.set(service, steps)
    }
    const known = steps[step]
    if (known) known.push(order)
    else steps[step] = [order]
  }
  return waits
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
  const ids =
    orders.length > 1
      ? orders
          .map(order => order.before)
          .sort(by(step => step.service))
          .map(idOf)
      : orders.map(order => idOf(order.before))
  if (own.step > 1) ids.unshift(idOf({service: own.service, step: own.step - 1}))
  return ids.length > 1 ? [...new Set(ids)] : ids
}

/**
 * The services that a service waits for or that wait for it, with where they may be in the course of the plan. Looked
 * together only when it is asked for, for most plans never stop on the way.
 */
function partnersIn(courses: readonly Course[], orders: readonly Order[]): Partners {
  let known: ReadonlyMap<ServiceName, ReadonlySet<ServiceName>> | undefined
  const states = new Map(courses.map(course => [course.service, course.states]))
  return service => {
    known ??= meetings(orders)
    return new Map([...(known.get(service) ?? [])].sort(byText).map(name => [name, states.get(name) ?? []]))
  }
}

function meetings(orders: readonly Order[]): ReadonlyMap<ServiceName, ReadonlySet<ServiceName>> {
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
  return partners
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.length < 2 ? reasons : [...new Map(reasons.map(reason => [reason.text, reason])).values()]
}
