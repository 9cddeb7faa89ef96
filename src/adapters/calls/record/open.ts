import type {Clock} from '../../../ports/clock.ts'
import type {Place} from '../../state/copy.ts'
import type {Whereabouts} from '../../state/place.ts'
import {CALL_FORMS} from './forms.ts'

/** Opens the tables of calls where the record of rollouts is: in a file beside it, or in a schema beside its own. */
export async function callsAt(where: Whereabouts, clock: Pick<Clock, 'now'>): Promise<Place> {
  if ('file' in where) {
    const {sqliteKeeper} = await import('../../state/sqlite.ts')
    return {name: where.file, keeper: sqliteKeeper(where.file, clock, CALL_FORMS)}
  }
  const [{postgresKeeper}, {shownAddress}] = await Promise.all([
    import('../../state/postgres/keeper.ts'),
    import('../../state/postgres/address.ts'),
  ])
  const keeper = postgresKeeper(where.address, `${where.system}/calls`, CALL_FORMS)
  return {name: shownAddress(where.address), keeper}
}
