import {speechOf} from '../../graph/states.ts'
import type {ContractName, Question, ServiceName} from '../../graph/system.ts'
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
    if (server.service === name) {
      const asked = spoken(question, client)?.consumes.get(contract)
      const offered = [
        ...(release.provides.get(contract) ?? []),
        ...(asked?.split('||').map(each => each.trim()) ?? []),
      ]
      release.provides.set(contract, [...new Set(offered)])
      words.set(contract, `provides ${contract} ${versionsText([...new Set(offered)])}`)
    } else if (client.service === name && server.release === null) {
      release.consumes.delete(contract)
      words.set(contract, `does without ${contract}`)
    } else if (client.service === name) {
      const offered = spoken(question, server)?.provides.get(contract) ?? []
      const asked = [...new Set([release.consumes.get(contract) ?? [], offered].flat())]
      release.consumes.set(contract, asked.join(' || '))
      words.set(contract, `works with ${contract} ${asked.join(' and ')}`)
    }
  }
  if (words.size === 0) return undefined
  const instead = question.target.has(name) ? `to ask for instead of ${stays.release}` : 'to move to as well'
  const text = `a release of ${name} that ${[...words.values()].join(' and ')}, ${instead}`
  return {service: name, release: {...release, modes: [], irreversible: false}, text}
}

/** What one side of a conflict says; undefined where it is not deployed. */
function spoken({system}: Question, {service: name, release, mode}: Conflict['client']) {
  const service = system.services.get(name)
  return service && release !== null ? speechOf(service, {release, mode: mode ?? null}) : undefined
}
