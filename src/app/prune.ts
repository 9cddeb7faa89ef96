import {clock} from '../adapters/clock.ts'
import {whoAmI} from '../adapters/holders.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Orphan} from '../core/rollout/orphans.ts'
import {beginning} from '../engine/beginning.ts'
import {findOrphans} from '../engine/orphans.ts'
import {prune as pruneThere} from '../engine/prune.ts'
import type {Emit} from '../ports/emit.ts'
import {rolloutId} from './apply.ts'
import {pose, type Posed} from './question.ts'
import {withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'
import {loadSystemIn, type LoadedSystem} from './system.ts'
import {depsFor, openDrivers} from './world.ts'

/** What no record explains, and where it was found. */
export interface Orphaned {
  readonly loaded: LoadedSystem
  readonly posed: Posed
  readonly orphans: readonly Orphan[]
}

/** Looks for what runs and what no record explains. */
export async function orphaned(where: WhereIn): Promise<Result<Orphaned>> {
  const loaded = await loadSystemIn(where, where.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: where.env})
  if (!posed.ok) return posed
  const {environment, question} = posed.value
  const drivers = await openDrivers(loaded.value.config, environment)
  if (!drivers.ok) return drivers
  const orphans = await withRecord(loaded.value.config, state =>
    findOrphans({...drivers.value, state, clock, services: environment.services}, environment.name, question.current),
  )
  return orphans.ok ? ok({loaded: loaded.value, posed: posed.value, orphans: orphans.value}) : orphans
}

/** Takes them away. */
export async function prune(
  {loaded, posed, orphans}: Orphaned,
  options: {readonly reason: string; readonly lockWaitMs: number},
  emit: Emit,
): Promise<Result<void>> {
  const {environment} = posed
  return withRecord(loaded.config, async state => {
    const deps = await depsFor(loaded, environment, state, emit)
    if (!deps.ok) return deps
    const at = await beginning(deps.value, environment.name)
    if (!at.ok) return at
    const pruning = {system: loaded.config.system, environment: environment.name, orphans}
    return pruneThere(deps.value, pruning, rolloutId(new Date(at.value)), {...options, who: whoAmI(), wait: false})
  })
}
