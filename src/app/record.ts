import {clock} from '../adapters/clock.ts'
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

async function openRecord(config: Config): Promise<State> {
  if (config.state === undefined) {
    const {sqliteState} = await import('../adapters/state/sqlite.ts')
    return sqliteState(placesOf(config).state, clock)
  }
  const {postgresState} = await import('../adapters/state/postgres/state.ts')
  return postgresState(config.state, config.system)
}
