import type {State} from '../../../ports/state.ts'
import {stateIn} from '../state.ts'
import {postgresKeeper} from './keeper.ts'

/** The record in a PostgreSQL database, for operators and CI runners that share no disk. */
export function postgresState(address: string, system: string): State {
  return stateIn(postgresKeeper(address, system))
}
