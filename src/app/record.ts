import {clock} from '../adapters/clock.ts'
import type {Config} from '../core/config/config.ts'
import type {State} from '../ports/state.ts'
import {placesOf} from './places.ts'

/** Opens the record for as long as `use` takes. Looking only leaves nothing behind: the file is made by the first write. */
export async function withRecord<T>(config: Config, use: (state: State) => Promise<T>): Promise<T> {
  const {sqliteState} = await import('../adapters/state/sqlite.ts')
  const state = sqliteState(placesOf(config).state, clock)
  try {
    return await use(state)
  } finally {
    await state.close()
  }
}
