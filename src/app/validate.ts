import {isDeepStrictEqual} from 'node:util'
import {countingOf} from '../adapters/balancer/abilities.ts'
import type {Problem} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig, ServiceConfig} from '../core/config/config.ts'
import {adviceOn} from '../core/graph/advise.ts'
import {resolve} from '../core/graph/resolve.ts'
import {foreseen} from '../core/rollout/foreseen.ts'
import type {Where} from './config.ts'
import {loadSystem, loadSystemIn} from './system.ts'

/** What the files say, counted, and what deserves a look. */
export interface Validated {
  readonly file: string
  readonly services: number
  readonly releases: number
  readonly warnings: readonly Problem[]
}

/** Reads every file and every manifest; problems are a failure, the rest is advice. */
export async function validate(where: Where): Promise<Result<Validated>> {
  const loaded = await loadSystem(where)
  if (!loaded.ok) return loaded
  const {config, source, assembled} = loaded.value
  const services = [...assembled.system.services.values()]
  const warnings = new Map(loaded.value.warnings.map(keyed))
  for (const environment of config.environments.values()) {
    const there = speaksOtherwise(environment, config) ? await loadSystemIn(where, environment.name) : loaded
    if (!there.ok) return there
    const asked = resolve(there.value.assembled, {environment}, source)
    const missing = asked.ok ? [] : (asked.failure.problems ?? [])
    for (const warning of [...there.value.warnings, ...missing]) warnings.set(...keyed(warning))
  }
  return ok({
    file: config.file,
    services: services.length,
    releases: services.reduce((sum, {releases}) => sum + releases.length, 0),
    warnings: [
      ...warnings.values(),
      ...adviceOn(config, assembled.system, source),
      ...foreseen(config.environments.values(), source, countingOf),
    ],
  })
}

/** Whether the overrides of an environment change which releases there are, or who waits for whom. */
function speaksOtherwise(environment: EnvironmentConfig, {services}: Config): boolean {
  const factsOf = (service: ServiceConfig | undefined) =>
    service && [service.repo, service.tag, service.after, service.releases]
  return [...environment.services].some(([name, service]) => {
    const written = services.get(name)
    return service !== written && !isDeepStrictEqual(factsOf(service), factsOf(written))
  })
}

/** What is odd everywhere is told once. */
function keyed(problem: Problem): [string, Problem] {
  const {file, line, column, message} = problem
  return [`${file}:${line}:${column}:${message}`, problem]
}
