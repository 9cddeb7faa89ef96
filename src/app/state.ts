import {clock} from '../adapters/clock.ts'
import {inventory, move, type Place} from '../adapters/state/copy.ts'
import {CALL_TABLES} from '../adapters/calls/record/forms.ts'
import {goneTo} from '../adapters/state/moved.ts'
import {placeAt, type Whereabouts} from '../adapters/state/place.ts'
import {bug} from '../core/base/bug.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import type {Contents, Lease} from '../ports/state.ts'
import {loadConfig, type Where} from './config.ts'
import {placesOf} from './places.ts'
import {whereaboutsOf, withRecord} from './record.ts'
import {callsPlaceOf} from './usage-open.ts'

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
  /** What was moved of the record of calls; null where there was none. */
  readonly calls: Contents | null
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
    // Cut off between the two, the same call brings what is left.
    if (!moved.ok && !(await isGone(from, into.name))) return fail(moved.failure)
    const calls = await moveCalls(config, target.value)
    if (!calls.ok) return calls
    const contents = moved.ok ? moved.value : calls.value
    if (contents) return ok({from: from.name, to: into.name, contents, calls: calls.value})
    return moved.ok ? bug('a record without contents') : fail(moved.failure)
  })
}

async function isGone({keeper}: Place, to: string): Promise<boolean> {
  const gone = await keeper.read(undefined, goneTo)
  return gone.ok && gone.value === to
}

/** The record of calls goes where that of rollouts goes; null where there is none, or it has gone before. */
async function moveCalls(config: Config, to: Whereabouts): Promise<Result<Contents | null>> {
  const [from, into] = [await callsPlaceOf(config), await callsPlaceOf(config, to)]
  try {
    const there = await inventory(from.keeper, CALL_TABLES)
    if (!there.ok) return there
    const isThere = there.value !== undefined && Object.values(there.value.rows).some(count => count > 0)
    return !isThere || (await isGone(from, into.name)) ? ok(null) : await move(from, into, CALL_TABLES)
  } finally {
    await from.keeper.close()
    await into.keeper.close()
  }
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
