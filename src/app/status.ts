import {clock} from '../adapters/clock.ts'
import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Status} from '../core/rollout/status.ts'
import {readStatus} from '../engine/status.ts'
import {pose, type Posed} from './question.ts'
import {withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'
import {loadSystemIn} from './system.ts'
import {openDrivers} from './world.ts'
import {speechOf} from '../core/graph/states.ts'

/** What runs, and which contract versions it speaks. */
export interface StatusShown {
  readonly status: Status
  /** `provides accounts-api 1.1.0, 2.0.0` and the like, by service. */
  readonly speech: ReadonlyMap<string, {readonly provides: readonly string[]; readonly consumes: readonly string[]}>
  /** What runs of services that there is no record of, by its labels. */
  readonly found: Posed['found']
}

/** @param sampleMs how long requests are counted for the measured shares; 0 measures none */
export async function status(where: WhereIn, sampleMs: DurationMs): Promise<Result<StatusShown>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: where.env})
  if (!posed.ok) return posed
  const {environment, question} = posed.value
  const drivers = await openDrivers(loaded.value.config, environment)
  if (!drivers.ok) return drivers
  return withRecord(loaded.value.config, async state => {
    const deps = {...drivers.value, state, clock, services: environment.services}
    const read = await readStatus(deps, environment.name, question.current, sampleMs)
    if (!read.ok) return read
    const speech = new Map(
      read.value.services.flatMap(({service, state: at}) => {
        const known = question.system.services.get(service)
        if (!at || !known) return []
        const {provides, consumes} = speechOf(known, at)
        const served = [...provides].map(([contract, versions]) => `${contract} ${versions.join(', ')}`)
        return [
          [
            service,
            {provides: served, consumes: [...consumes].map(([contract, range]) => `${contract} ${range}`)},
          ] as const,
        ]
      }),
    )
    return ok({status: read.value, speech, found: posed.value.found})
  })
}
