import type {Clock} from '../../ports/clock.ts'
import type {Place} from './copy.ts'

/** Where a record may be: in a file, or, of this system, in a database that several share. */
export type Whereabouts = {readonly file: string} | {readonly address: string; readonly system: string}

/** Opens a place for a record; `pg` is loaded only where it is needed. */
export async function placeAt(where: Whereabouts, clock: Pick<Clock, 'now'>): Promise<Place> {
  if ('file' in where) {
    const {sqliteKeeper} = await import('./sqlite.ts')
    return {name: where.file, keeper: sqliteKeeper(where.file, clock)}
  }
  const [{postgresKeeper}, {shownAddress}] = await Promise.all([
    import('./postgres/keeper.ts'),
    import('./postgres/address.ts'),
  ])
  return {name: shownAddress(where.address), keeper: postgresKeeper(where.address, where.system)}
}
