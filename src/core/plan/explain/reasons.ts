import {releaseOf, stateText} from '../../graph/states.ts'
import type {ContractName, MaybeState, Question, Service, ServiceName} from '../../graph/system.ts'
import {admits} from '../../graph/versions.ts'
import {type Clashes, clashText, missText, type Speaker, sideText, speakerOf} from './clashes.ts'
import type {CallOn} from '../board/links.ts'
import type {Course, Wait} from '../order/orders.ts'
import type {Reason} from '../plan.ts'

/** Why each step of a course waits for others, in words a person can check against the manifests. */
export function reasonsIn(question: Question, clashes: Clashes): (course: Course, step: number) => Reason[] {
  const leaverOf = leavers(question)
  return (course, step) => {
    const reasons: Reason[] = []
    const waits = course.waits[step] as readonly Wait[]
    const entered = speakerOf(question, {service: course.service, state: course.states[step] as MaybeState})
    for (let each = 0; each < waits.length; each++) {
      const wait = waits[each] as Wait
      if (wait.is === 'clash') addClashes(reasons, wait, entered, leaverOf(wait), clashes)
      else {
        const {before} = wait
        const text = wait.is === 'apart' ? apartText(course, before) : afterText(question, course, before)
        // The same is said of each step of the other service; clashes are of one step only.
        if (!reasons.some(reason => reason.text === text)) reasons.push({with: before.service, text})
      }
    }
    return reasons
  }
}

type ClashWait = Extract<Wait, {is: 'clash'}>

/** Who has to leave a state first. */
interface Leaver {
  /** In the state that it leaves. */
  readonly speaker: Speaker
  readonly leaves: string
  /** What it says to those who ask for a range of a contract, and that it leaves. */
  readonly missesAndLeaves: (contract: ContractName, range: string | undefined) => string
}

/** Those who wait for one step mostly share the wait, so what is said of it is put into words once. */
function leavers(question: Question): (wait: ClashWait) => Leaver {
  const known = new Map<ClashWait, Leaver>()
  return wait => {
    const leaver = known.get(wait) ?? leaverOf(question, wait)
    known.set(wait, leaver)
    return leaver
  }
}

function leaverOf(question: Question, {before, step}: ClashWait): Leaver {
  const speaker = speakerOf(question, {service: before.service, state: before.states[step - 1] as MaybeState})
  const leaves = `; so ${leaveText(before, step)}`
  let last: {contract: ContractName; range: string | undefined; text: string} | undefined
  return {
    speaker,
    leaves,
    // Clients of one server mostly ask for the same, so what was said last is said again.
    missesAndLeaves: (contract, range) => {
      if (last?.contract !== contract || last.range !== range)
        last = {contract, range, text: missText(contract, range, speaker) + leaves}
      return last.text
    },
  }
}

function leaveText({service, states}: Course, step: number): string {
  const left = states[step - 1] ?? null
  if (left === null) return `${service} is deployed first`
  return `${service} leaves ${stateText(left)} first (step ${step} of ${service})`
}

function addClashes(
  reasons: Reason[],
  {before, calls, isA}: ClashWait,
  entered: Speaker,
  {speaker: left, leaves, missesAndLeaves}: Leaver,
  clashes: Clashes,
): void {
  for (let each = 0; each < calls.length; each++) {
    const {contract, fromA} = calls[each] as CallOn
    const leftServes = fromA !== isA
    // Where there is one contract only, it is the one that clashes.
    if (calls.length > 1) {
      const [client, server] = leftServes ? [entered, left] : [left, entered]
      if (!clashes.clashing(client, server, contract)) continue
    }
    const text = leftServes
      ? entered.calls + missesAndLeaves(contract, entered.speech?.consumes.get(contract))
      : clashText(contract, left, entered) + leaves
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
