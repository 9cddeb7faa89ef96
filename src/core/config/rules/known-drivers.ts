import type {Finding} from '../shape/shape.ts'
import {finding, guesser, type Rule} from './rule.ts'

/** Drivers are those that this release of Sluice brings, and have the options that they have. */
export const knownDrivers: Rule = function* (file, {runtimes, balancers, amiss}): Generator<Finding> {
  for (const [environment, {runtime, balancer}] of file.environments ?? []) {
    yield* check(runtime?.driver, runtimes, ['environments', environment, 'runtime', 'driver'], 'runtime')
    yield* check(balancer?.driver, balancers, ['environments', environment, 'balancer', 'driver'], 'balancer')
    for (const [kind, driver] of [
      ['runtime', runtime],
      ['balancer', balancer],
    ] as const) {
      for (const {key, ...found} of (driver && amiss?.(kind, driver)) ?? [])
        yield {...found, path: ['environments', environment, kind, ...(key === undefined ? [] : [key])]}
    }
  }
}

function* check(
  driver: string | undefined,
  known: readonly string[],
  path: readonly string[],
  kind: string,
): Generator<Finding> {
  if (driver === undefined || known.includes(driver)) return
  yield finding(path, `there is no ${kind} driver ${JSON.stringify(driver)}`, guesser(known, 'drivers')(driver))
}
