import {createHash} from 'node:crypto'
import {by, byText} from '../base/order.ts'
import {stateText} from '../graph/states.ts'
import type {MaybeState, Question, Release, ServiceName, Speech} from '../graph/system.ts'
import type {Step} from './plan.ts'

/**
 * What a plan was made from, in one short text: what runs, and what is said about every state that a step leaves or
 * comes to. A plan whose fingerprint is another today no longer fits. Releases that the plan does not touch are not in
 * it, so a new tag somewhere does not spoil a plan.
 */
export function fingerprintOf(question: Question, steps: readonly Pick<Step, 'service' | 'from' | 'to'>[]): string {
  const touched = new Map<ServiceName, MaybeState[]>()
  for (const [service, state] of question.current) touched.set(service, [state])
  for (const {service, to} of steps) touched.set(service, [...(touched.get(service) ?? [null]), to])
  const {system} = question
  const services = [...touched].sort(by(([name]) => name)).map(([name, states]) => {
    const service = system.services.get(name)
    const releases = new Set(states.flatMap(state => (state ? [state.release] : [])))
    const facts = (service?.releases ?? []).filter(release => releases.has(release.version)).map(factsOf)
    return [name, states.map(stateText), facts, [...(service?.after ?? [])].sort(byText)]
  })
  const contracts = [...system.contracts.values()].map(({name, compatibility}) => [name, compatibility]).sort()
  const apart = system.apart.map(list => [...list].sort(byText)).sort()
  const excuses = question.excuses.map(({client, server, contract}) => [client, server, contract]).sort()
  const text = JSON.stringify([system.name, question.environment, services, contracts, apart, excuses])
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function factsOf(release: Release): unknown {
  const modes = release.modes.map(mode => [mode.name, speechFacts(mode), mode.irreversible])
  const from = release.upgradesFrom
  return [release.version, speechFacts(release), modes, from?.release, from?.mode, release.irreversible]
}

function speechFacts({provides, consumes}: Speech): unknown {
  return [[...provides].map(([contract, texts]) => [contract, ...texts]).sort(), [...consumes].sort()]
}
