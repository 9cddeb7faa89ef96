import {finding} from '../../config/rules/rule.ts'
import {compatibleIn, serversOf} from '../compatible.ts'
import {stateText} from '../states.ts'
import type {Service, Speech} from '../system.ts'
import type {Advice} from './advice.ts'
import {spokenBy} from './speaking.ts'

/** A range that no release of the server ever meets: the client can only run where the clash is excused. */
export const unmet: Advice = function* (_, system) {
  const compatible = compatibleIn(system)
  const servers = serversOf(system)
  const speeches = new Map<string, readonly Speech[]>()
  const speechesOf = (service: Service) => {
    const known = speeches.get(service.name) ?? spokenBy(service).map(({speech}) => speech)
    speeches.set(service.name, known)
    return known
  }
  for (const client of system.services.values()) {
    for (const {state, speech, callOf} of spokenBy(client)) {
      for (const [contract, range] of speech.consumes) {
        const server = system.services.get(servers.get(contract)?.[0] ?? '')
        if (!server || speechesOf(server).some(offered => compatible(speech, offered, contract))) continue
        const message = `${client.name} ${stateText(state)} calls ${contract} ${range}, which no release of ${server.name} provides`
        yield finding(callOf(contract), message)
      }
    }
  }
}
