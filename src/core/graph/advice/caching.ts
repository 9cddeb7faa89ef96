import {finding} from '../../config/rules/rule.ts'
import type {Advice} from './advice.ts'
import {spokenBy} from './speaking.ts'

/** Clients that keep copies of a service's data, and are not told when the contract changes under them. */
export const caching: Advice = function* (config, system) {
  for (const [name, {data, invalidate}] of config.services) {
    const service = system.services.get(name)
    if (data !== 'cached' || !service) continue
    const contracts = new Set(spokenBy(service).flatMap(({speech}) => [...speech.provides.keys()]))
    const clients = [...system.services.values()]
      .filter(client => client.name !== name)
      .filter(client =>
        spokenBy(client).some(({speech}) => [...speech.consumes.keys()].some(one => contracts.has(one))),
      )
      .map(client => client.name)
      .filter(client => invalidate === undefined || !config.services.get(client)?.hooks?.has(invalidate))
    if (clients.length === 0) continue
    const message = `${clients.join(', ')} may keep copies of what ${name} answers, and nothing clears them when its contract changes`
    yield finding(['services', name, 'data'], message, hintFor(invalidate))
  }
}

function hintFor(invalidate: string | undefined): string {
  if (invalidate !== undefined) return `give them a hook ${invalidate}, which runs then`
  return 'let copies expire, or name a hook that clears them, like invalidate: forget, and give it to the clients'
}
