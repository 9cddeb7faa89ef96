import type {Config, ServiceConfig} from '../../config/config.ts'
import {spareOf} from '../../config/size.ts'
import {finding} from '../../config/rules/rule.ts'
import type {Path} from '../../config/yaml/places.ts'
import type {Advice} from './advice.ts'

/**
 * A source of truth of which one instance runs, or may be all that is left when `current` is stopped: while that one
 * restarts, nobody knows anything.
 */
export const redundancy: Advice = function* (config) {
  for (const {service, path} of everywhere(config)) {
    if (service.data !== 'source-of-truth') continue
    const {name, rollout} = service
    const replicas = service.run?.replicas ?? 1
    const left = replicas - spareOf(replicas, rollout)
    if (replicas < 2) {
      const message = `${name} is a source of truth, and ${replicas} instance of it runs`
      yield finding([...path, 'run', 'replicas'], message, 'set run.replicas to 2 or more')
    } else if (left < 2) {
      const message = `${name} is a source of truth, and may be left with ${left} of its ${replicas} instances by its own rollout`
      yield finding([...path, 'rollout', 'maxUnavailable'], message, LEFT_HINT)
    }
  }
}

const LEFT_HINT = 'lower rollout.maxUnavailable, or set rollout.leastHealthy to 2 or more'

/** Services as they are in each environment: one that no environment overrides comes once. */
function* everywhere(config: Config): Generator<{service: ServiceConfig; path: Path}> {
  for (const [name, service] of config.services) {
    const own = [...config.environments.values()].filter(({services}) => services.get(name) !== service)
    if (own.length === 0 || own.length < config.environments.size) yield {service, path: ['services', name]}
    for (const environment of own) {
      const overridden = environment.services.get(name)
      if (overridden) yield {service: overridden, path: ['environments', environment.name, 'services', name]}
    }
  }
}
