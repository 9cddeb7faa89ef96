import {releaseOf, stateText} from '../graph/states.ts'
import type {ContractName, MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import {admits} from '../graph/versions.ts'
import {type Clashes, clashText, missText, type Speaker, sideText, speakerOf} from './clashes.ts'
import type {CallOn} from './board.ts'
import type {Course, Wait} from './orders.ts'
import type {Reason} from './plan.ts'

/** Why each step of a course waits for others, in words a person can check against the manifests. */
export function reasonsIn(question: Question, clashes: Clashes): (course: Course, step: number) => Reason[] {
  const voiceOf = voices(question)
  return (course, step) => {
    const reasons: Reason[] = []
    const waits = course.waits[step] as readonly Wait[]
    for (let each = 0; each < waits.length; each++) {
      const wait = waits[each] as Wait
      const {before} = wait
      if (wait.is === 'clash') addClashes(reasons, wait, voiceOf(course).speaks(step), voiceOf(before), clashes)
      else {
        const text = wait.is === 'apart' ? apartText(course, before) : afterText(question, course, before)
        // The same is said of each step of the other service; clashes are of one step only.
        if (!reasons.some(reason => reason.text === text)) reasons.push({with: before.service, text})
      }
    }
    return reasons
  }
}

/** What is said of one course, by whoever waits for it; each sentence is made when it is first asked for. */
interface Voice {
  /** In the state that this step leads to. */
  readonly speaks: (step: number) => Speaker
  /** That this step has to be done first. */
  readonly leaves: (step: number) => string
  /** The same of a server, with what it says to who asks for this range before the step. */
  readonly missesAndLeaves: (step: number, contract: ContractName, range: string | undefined) => string
}

function voices(question: Question): (course: Course) => Voice {
  const known = new Map<Course, Voice>()
  return course => {
    let voice = known.get(course)
    if (voice) return voice
    voice = voiceOf(question, course)
    known.set(course, voice)
    return voice
  }
}

function voiceOf(question: Question, course: Course): Voice {
  const {service, states} = course
  const speakers: Speaker[] = []
  const speaks = (step: number): Speaker =>
    (speakers[step] ??= speakerOf(question, {service, state: states[step] as MaybeState}))
  const leaves = (step: number): string => `; so ${leaveText(course, step)}`
  let last = {step: 0, contract: '', range: undefined as string | undefined, text: ''}
  return {
    speaks,
    leaves,
    // Clients of one server mostly ask for the same, so what was said last is said again.
    missesAndLeaves: (step, contract, range) => {
      if (last.step !== step || last.contract !== contract || last.range !== range) {
        const text = missText(contract, range, speaks(step - 1)) + leaves(step)
        last = {step, contract, range, text}
      }
      return last.text
    },
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
  entered: Speaker,
  {speaks, leaves, missesAndLeaves}: Voice,
  clashes: Clashes,
): void {
  for (let each = 0; each < calls.length; each++) {
    const {contract, fromA} = calls[each] as CallOn
    const leftServes = fromA !== isA
    // Where there is one contract only, it is the one that clashes.
    if (calls.length > 1) {
      const left = speaks(awaited - 1)
      const [client, server] = leftServes ? [entered, left] : [left, entered]
      if (!clashes.clashing(client, server, contract)) continue
    }
    const text = leftServes
      ? entered.calls + missesAndLeaves(awaited, contract, entered.speech?.consumes.get(contract))
      : clashText(contract, speaks(awaited - 1), entered) + leaves(awaited)
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
