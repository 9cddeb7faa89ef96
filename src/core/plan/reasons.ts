import {releaseOf, stateText} from '../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import {admits} from '../graph/versions.ts'
import {type Clashes, clashText, type Speaker, sideText} from './clashes.ts'
import type {Course, Wait} from './orders.ts'
import type {Reason} from './plan.ts'

/** Why each step of a course waits for others, in words a person can check against the manifests. */
export function reasonsIn(question: Question, clashes: Clashes): (course: Course, step: number) => Reason[] {
  const wordsOf = remembered(clashes)
  return (course, step) => {
    const reasons: Reason[] = []
    for (const wait of course.waits[step] as readonly Wait[]) {
      const {before} = wait
      if (wait.is === 'clash') addClashes(reasons, wait, wordsOf(course), step, wordsOf(before), clashes)
      else {
        const text = wait.is === 'apart' ? apartText(course, before) : afterText(question, course, before)
        // The same is said of each step of the other service; clashes are of one step only.
        if (!reasons.some(reason => reason.text === text)) reasons.push({with: before.service, text})
      }
    }
    return reasons
  }
}

/** What is said of one course again and again, by whoever waits for it. */
interface Words {
  /** By state. */
  readonly speakers: readonly Speaker[]
  /** By step. */
  readonly leaves: readonly string[]
}

function remembered(clashes: Clashes): (course: Course) => Words {
  const known = new Map<Course, Words>()
  return course => {
    const {service, states} = course
    const words = known.get(course) ?? {
      speakers: states.map(state => clashes.speaker({service, state})),
      leaves: states.map((_, step) => `; so ${leaveText(course, step)}`),
    }
    known.set(course, words)
    return words
  }
}

function leaveText({service, states}: Course, step: number): string {
  const left = states[step - 1] ?? null
  if (left === null) return `${service} is deployed first`
  return `${service} leaves ${stateText(left)} first (step ${step} of ${service})`
}

type ClashWait = Extract<Wait, {is: 'clash'}>

function addClashes(
  reasons: Reason[],
  {before, step: awaited, calls, isA}: ClashWait,
  own: Words,
  step: number,
  other: Words,
  clashes: Clashes,
): void {
  const entered = own.speakers[step] as Speaker
  const left = other.speakers[awaited - 1] as Speaker
  for (const {contract, fromA} of calls) {
    const client = fromA === isA ? left : entered
    const server = client === left ? entered : left
    // Where there is one contract only, it is the one that clashes.
    if (calls.length > 1 && !clashes.clashing(client, server, contract)) continue
    const text = clashText(contract, client, server) + (other.leaves[awaited] as string)
    reasons.push({contract, with: before.service, text})
  }
}

function apartText(course: Course, before: Course): string {
  return `${course.service} and ${before.service} keep apart: never both in one wave`
}

function afterText(question: Question, {service}: Course, before: Course): string {
  const waits = question.system.services.get(service)?.after.includes(before.service)
  return waits
    ? `${service} moves only after ${before.service}: ${before.service} has to be where the plan leaves it`
    : `${before.service} moves only while ${service} is where the plan leaves it, and this step takes it away from there`
}

/** The services that have to do with one, with where they may be in the course of the plan. */
export type Partners = (service: ServiceName) => ReadonlyMap<ServiceName, readonly MaybeState[]>

/** Why a service stops on its way, where it does not go straight from one state to the one after the next. */
export function reasonForStop(
  service: Service,
  from: MaybeState,
  stop: MaybeState,
  next: MaybeState,
  clashes: Clashes,
  partners: Partners,
): readonly Reason[] {
  if (from === null || stop === null || next === null || next.release === stop.release) return []
  const wanted = releaseOf(service, next).upgradesFrom
  if (wanted && !(admits(wanted.release, from.release) && (wanted.mode === undefined || wanted.mode === from.mode))) {
    const mode = wanted.mode === undefined ? '' : ` in mode ${wanted.mode}`
    return [
      {
        text: `a required stop: ${next.release} is reached only from ${wanted.release}${mode}, and ${stateText(from)} is not`,
      },
    ]
  }
  return bridged(
    {service: service.name, state: from},
    {service: service.name, state: next},
    stop,
    clashes,
    partners(service.name),
  )
}

/** A stop that gets on with states of another service that the states on either side of it do not share. */
function bridged(
  from: {service: string; state: MaybeState},
  next: {service: string; state: MaybeState},
  stop: MaybeState,
  clashes: Clashes,
  others: ReadonlyMap<string, readonly MaybeState[]>,
): readonly Reason[] {
  for (const [other, states] of others) {
    for (const state of states) {
      const [now, later] = [
        clashes.between(from, {service: other, state}),
        clashes.between(next, {service: other, state}),
      ]
      const found = later[0] ?? now[0]
      if (!found || clashes.between({service: from.service, state: stop}, {service: other, state}).length > 0) continue
      const bridge = sideText({service: from.service, state: stop})
      return [
        {
          contract: found.contract,
          with: other,
          text: `${bridge} is a bridge to ${stateText(next.state)}: ${found.text}, and ${bridge} works with ${sideText({service: other, state})}`,
        },
      ]
    }
  }
  return []
}
