import type {inTurn} from '../../../in-turn.ts'
import type {Tally} from '../counts/tally.ts'
import type {Table} from '../table/table.ts'
import type {Brownouts} from '../traffic/brownouts.ts'
import type {Traffic} from '../traffic/traffic.ts'

/** What the verbs act on. */
export interface Control {
  readonly traffic: Traffic
  readonly tally: Tally
  readonly brownouts: Brownouts
  /** As it is on disk. */
  table: Table
  /** Makes a table durable; rejects where it cannot. */
  readonly save: (table: Table) => Promise<void>
  /** Makes the counted calls durable; rejects where it cannot. */
  readonly keepTallies: () => Promise<void>
  /** Changes wait for each other, under the key {@link CHANGES}. */
  readonly inTurn: ReturnType<typeof inTurn>
  /** Ends the process once what is under way has ended. */
  readonly shutDown: (limitMs: number) => void
}

export const CHANGES = 'changes'

/** Takes up every service of the table. One whose address is taken must not keep the others down, and is tried again. */
export async function restore(control: Control, log: (line: string) => void, retryMs: number): Promise<void> {
  await control.inTurn(CHANGES, () => restoreMissing(control, log))
  if (missingFrom(control).length > 0) setTimeout(() => void restore(control, log, retryMs), retryMs)
}

async function restoreMissing(control: Control, log: (line: string) => void): Promise<void> {
  for (const entry of missingFrom(control)) {
    const prepared = await control.traffic.prepare({services: [entry]})
    if (prepared.ok) control.traffic.follow(control.table, prepared.value)
    else log(prepared.failure.message)
  }
  control.brownouts.follow(control.table.gone ?? {})
  for (const {name, calls} of control.table.services) control.tally.watch(name, calls)
}

function missingFrom({table, traffic}: Control) {
  return table.services.filter(({name}) => !traffic.service(name))
}
