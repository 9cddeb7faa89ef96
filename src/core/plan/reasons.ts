import {releaseOf, stateText} from '../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../graph/system.ts'
import {admits} from '../graph/versions.ts'
import {type Clashes, sideText} from './clashes.ts'
import type {Order} from './orders.ts'
import type {Reason} from './plan.ts'

/** Why one step waits for another, in words a person can check against the manifests. */
export function reasonsFor(question: Question, order: Order, clashes: Clashes): readonly Reason[] {
  const {before, then, why} = order
  if (why.is === 'apart') {
    return [{with: before.service, text: `${then.service} and ${before.service} keep apart: never both in one wave`}]
  }
  if (why.is === 'after') return [{with: before.service, text: afterText(question, order)}]
  const first = firstText(before.service, why.left, order)
  const [left, entered] = [
    {service: before.service, state: why.left},
    {service: then.service, state: why.entered},
  ]
  const reasons: Reason[] = []
  for (const {contract, byFirst} of why.calls) {
    const [client, server] = byFirst ? [left, entered] : [entered, left]
    // Where there is one contract only, it is the one that clashes.
    if (why.calls.length > 1 && !clashes.clashing(client, server, contract)) continue
    reasons.push({contract, with: before.service, text: `${clashes.text(client, server, contract)}; so ${first}`})
  }
  return reasons
}

function afterText(question: Question, {before, then}: Order): string {
  const waits = question.system.services.get(then.service)?.after.includes(before.service)
  return waits
    ? `${then.service} moves only after ${before.service}: ${before.service} has to be where the plan leaves it`
    : `${before.service} moves only while ${then.service} is where the plan leaves it, and this step takes it away from there`
}

function firstText(service: string, left: MaybeState, {before}: Order): string {
  if (left === null) return `${service} is deployed first`
  return `${service} leaves ${stateText(left)} first (step ${before.step} of ${service})`
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
