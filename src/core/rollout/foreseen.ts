import type {Problem} from '../base/failure.ts'
import type {EnvironmentConfig} from '../config/config.ts'
import {located} from '../config/locate.ts'
import {finding} from '../config/rules/rule.ts'
import type {Finding} from '../config/shape/shape.ts'
import type {Source} from '../config/source.ts'
import {FILE_LIMITS, loadYaml} from '../config/yaml/load.ts'
import type {ServiceName} from '../graph/system.ts'
import {type Counting, UNMEASURABLE_HINT, unmeasurables} from './measurable.ts'

/** What a balancer counts, by the name of its driver. */
export type CountingOf = (driver: string) => Counting

/**
 * Checks that the balancers of these environments can never answer, for those who plan: `apply` would refuse them before
 * its first step.
 */
export function foreseen(
  environments: Iterable<EnvironmentConfig>,
  source: Source,
  countingOf: CountingOf,
  isMeant: (service: ServiceName) => boolean = () => true,
): Problem[] {
  const findings = [...environments].flatMap(environment => [...inEnvironment(environment, countingOf, isMeant)])
  if (findings.length === 0) return []
  const loaded = loadYaml(source, FILE_LIMITS)
  return loaded.ok ? located(source.file, loaded.value.places(), findings) : []
}

/** One for each kind of check, however many services have it. */
function* inEnvironment(
  {name, balancer, services}: EnvironmentConfig,
  countingOf: CountingOf,
  isMeant: (service: ServiceName) => boolean,
): Iterable<Finding> {
  const lacking = [...services.values()]
    .filter(service => isMeant(service.name))
    .flatMap(service =>
      unmeasurables(service, countingOf(balancer.driver)).map(found => ({...found, service: service.name})),
    )
  const byCheck = new Map<string, typeof lacking>()
  for (const found of lacking) {
    const key = `${found.check}: ${found.lack}`
    byCheck.set(key, [...(byCheck.get(key) ?? []), found])
  }
  for (const found of byCheck.values()) {
    const [{check, lack} = {check: '', lack: ''}] = found
    const whose = [...new Set(found.map(({service}) => service))].join(', ')
    yield finding(
      ['environments', name, 'balancer'],
      `${name}: the check ${check} of ${whose} would never have a verdict with ${balancer.driver}: ${lack}`,
      UNMEASURABLE_HINT,
    )
  }
}
