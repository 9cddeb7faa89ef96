import {speechOf} from '../../graph/states.ts'
import type {ContractName, Question, ServiceName, Speech} from '../../graph/system.ts'
import {type Bridge, between, versionsText} from './bridge.ts'
import type {Conflict} from '../plan.ts'

/**
 * The release at which a service would end what clashes: it speaks what the service is to speak, or speaks now where it
 * stands still, and what the other sides ask of it or offer it; it does without those who are not there. Undefined for a
 * service that comes or goes.
 */
export function widened(question: Question, name: ServiceName, conflicts: readonly Conflict[]): Bridge | undefined {
  const service = question.system.services.get(name)
  const stays = question.target.get(name) ?? question.current.get(name)
  const others = conflicts.filter(({client, server}) => client.service !== server.service)
  if (!service || !stays || !question.current.get(name) || question.target.get(name) === null) return undefined
  const {provides, consumes} = speechOf(service, stays)
  const release = {version: between(service), provides: new Map(provides), consumes: new Map(consumes)}
  const words = new Map<ContractName, string>()
  for (const {contract, client, server} of others) {
    if (server.service === name) words.set(contract, provideAlso(release.provides, contract, spoken(question, client)))
    if (client.service === name) words.set(contract, consumeAlso(release.consumes, contract, spoken(question, server)))
  }
  if (words.size === 0) return undefined
  const instead = question.target.has(name) ? `to ask for instead of ${stays.release}` : 'to move to as well'
  const text = `a release of ${name} that ${[...words.values()].join(' and ')}, ${instead}`
  return {service: name, release: {...release, modes: [], irreversible: false}, text}
}

/** Adds what a client asks for, and says so. */
function provideAlso(provides: Map<ContractName, readonly string[]>, contract: ContractName, client?: Speech): string {
  const asked = client?.consumes.get(contract)?.split('||') ?? []
  const offered = [...new Set([...(provides.get(contract) ?? []), ...asked.map(each => each.trim())])]
  provides.set(contract, offered)
  return `provides ${contract} ${versionsText(offered)}`
}

/** Adds what a server offers, or takes the call away where nobody is there; and says so. */
function consumeAlso(consumes: Map<ContractName, string>, contract: ContractName, server?: Speech): string {
  if (!server) {
    consumes.delete(contract)
    return `does without ${contract}`
  }
  const asked = [...new Set([consumes.get(contract) ?? [], server.provides.get(contract) ?? []].flat())]
  consumes.set(contract, asked.join(' || '))
  return `works with ${contract} ${asked.join(' and ')}`
}

/** What one side of a conflict says; undefined where it is not deployed. */
function spoken({system}: Question, {service: name, release, mode}: Conflict['client']) {
  const service = system.services.get(name)
  return service && release !== null ? speechOf(service, {release, mode: mode ?? null}) : undefined
}
