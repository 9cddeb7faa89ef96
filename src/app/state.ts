import {clock} from '../adapters/clock.ts'
import {inventory, move, type Place} from '../adapters/state/copy.ts'
import {placeAt, type Whereabouts} from '../adapters/state/place.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import type {Contents, Lease} from '../ports/state.ts'
import {loadConfig, type Where} from './config.ts'
import {placesOf} from './places.ts'
import {whereaboutsOf, withRecord} from './record.ts'

/** The document of `state show --json`. */
export interface StateShown {
  /** A file, or an address without its password. */
  readonly place: string
  /** What is in it; null where nothing is recorded yet. */
  readonly contents: Contents | null
  readonly leases: readonly Lease[]
}

/** The document of `state move --json`. */
export interface StateMoved {
  readonly from: string
  readonly to: string
  readonly contents: Contents
}

/** Stands for the file beside `sluice.yaml`. */
export const LOCAL = 'local'

/** Where the record is, what is in it, and who holds what. */
export async function showState(where: Where): Promise<Result<StateShown>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const {config} = loaded.value
  const leases = await leasesIn(config)
  if (!leases.ok) return leases
  return at([whereaboutsOf(config)], async ([place]) => {
    const contents = await inventory(place!.keeper)
    return contents.ok ? ok({place: place!.name, contents: contents.value ?? null, leases: leases.value}) : contents
  })
}

/**
 * Moves the record from where the file says it is.
 * @param to `postgres://...`, or {@link LOCAL}
 */
export async function moveState(where: Where, to: string): Promise<Result<StateMoved>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const {config} = loaded.value
  const target = targetOf(config, to)
  if (!target.ok) return target
  return at([whereaboutsOf(config), target.value], async ([source, destination]) => {
    const [from, into] = [source!, destination!]
    if (from.name === into.name) return fail(failure('usage', {message: `the record is in ${into.name} already`}))
    const moved = await move(from, into)
    return moved.ok ? ok({from: from.name, to: into.name, contents: moved.value}) : moved
  })
}

function targetOf(config: Config, to: string): Result<Whereabouts> {
  if (to === LOCAL) return ok({file: placesOf(config).state})
  if (/^postgres(ql)?:\/\/\S+$/.test(to)) return ok({address: to, system: config.system})
  const hint = `write --to postgres://user@host/database, or --to ${LOCAL} for the file beside sluice.yaml`
  return fail(failure('usage', {message: 'a record cannot be kept there', hint}))
}

async function at<T>(
  wanted: readonly Whereabouts[],
  use: (places: readonly Place[]) => Promise<Result<T>>,
): Promise<Result<T>> {
  const places = await Promise.all(wanted.map(one => placeAt(one, clock)))
  try {
    return await use(places)
  } finally {
    for (const {keeper} of places) await keeper.close()
  }
}

function leasesIn(config: Config): Promise<Result<readonly Lease[]>> {
  return withRecord(config, async state => {
    const all: Lease[] = []
    for (const environment of config.environments.keys()) {
      const leases = await state.leases(environment)
      if (!leases.ok) return leases
      all.push(...leases.value)
    }
    return ok(all)
  })
}
