import {clock} from '../adapters/clock.ts'
import type {Whereabouts} from '../adapters/state/place.ts'
import type {Config} from '../core/config/config.ts'
import type {State} from '../ports/state.ts'
import {placesOf} from './places.ts'

/** Opens the record for as long as `use` takes. Looking only leaves nothing behind: it is made by the first write. */
export async function withRecord<T>(config: Config, use: (state: State) => Promise<T>): Promise<T> {
  const state = await openRecord(config)
  try {
    return await use(state)
  } finally {
    await state.close()
  }
}

/** Where the file says that the record is. */
export function whereaboutsOf(config: Config): Whereabouts {
  const {state: address, system} = config
  return address === undefined ? {file: placesOf(config).state} : {address, system}
}

async function openRecord(config: Config): Promise<State> {
  const where = whereaboutsOf(config)
  if ('file' in where) {
    const {sqliteState} = await import('../adapters/state/sqlite.ts')
    return sqliteState(where.file, clock)
  }
  const {postgresState} = await import('../adapters/state/postgres/state.ts')
  return postgresState(where.address, where.system)
}
