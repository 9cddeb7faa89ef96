import {by} from '../../../core/base/order.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {State} from '../../../core/graph/system.ts'
import type {Clock} from '../../../ports/clock.ts'
import {poolIdOf} from '../../../ports/runtime.ts'
import {isAlive, type ProcessId} from '../../processes/identity.ts'
import {processTable} from '../../processes/machine.ts'
import type {MarkedProcess} from '../../processes/table.ts'
import type {InstanceRecord, Records} from './record.ts'

/** The variable by which an instance and all that it starts are known; its value is `<folder of records>/<id>`. */
export const MARK = 'SLUICE_INSTANCE'

/** One instance as the records and the machine's processes show it together. */
export type Found =
  /** `known` where its record on disk is whole; the one here names its process in any case. */
  | {readonly is: 'alive'; readonly record: InstanceRecord; readonly known: boolean}
  /** It ran, and its first process is no more. */
  | {readonly is: 'gone'; readonly record: InstanceRecord}
  /** It was about to be started, and never was. */
  | {readonly is: 'never'; readonly record: InstanceRecord}

/**
 * What is really there. A record alone proves nothing, and neither does its absence: whoever started the instance may
 * have been killed before, between or after its writes. What the record does not say, the process's environment does.
 */
export async function findInstances({records, leaders: look}: Looking, fresh: boolean): Promise<readonly Found[]> {
  const before = await records.all()
  const leaders = look(fresh || before.some(({process}) => !process))
  const recorded = new Set(before.map(({id}) => id))
  // A process without a record may be one that was started while we looked: its record is there by now.
  const known = [...leaders.keys()].every(id => recorded.has(id)) ? before : await records.all()
  const found = known.map(record => foundBy(record, leaders.get(record.id)))
  const ids = new Set(known.map(({id}) => id))
  return [...found, ...[...leaders].flatMap(([id, leader]) => (ids.has(id) ? [] : withoutRecord(id, leader)))]
}

function foundBy(record: InstanceRecord, marked: MarkedProcess | undefined): Found {
  const own = record.process
  if (own) return isAlive(own) ? {is: 'alive', record, known: true} : {is: 'gone', record}
  return marked ? {is: 'alive', record: {...record, process: idOf(marked)}, known: false} : {is: 'never', record}
}

/** What it takes to look. */
interface Looking {
  readonly records: Records
  readonly leaders: Leaders
}

/** The first process of every instance by id; `fresh` where what was seen a moment ago is not good enough. */
export type Leaders = (fresh: boolean) => ReadonlyMap<string, MarkedProcess>

/** A look at all processes of a busy machine takes tens of milliseconds: whoever only reads shares one for a second. */
export function leadersOf(folder: string, clock: Clock): Leaders {
  let last: {readonly at: DurationMs; readonly seen: ReadonlyMap<string, MarkedProcess>} | undefined
  return fresh => {
    const now = clock.monotonic()
    if (fresh || !last || now - last.at > GOOD_FOR_MS) last = {at: now, seen: leadersIn(folder)}
    return last.seen
  }
}

const GOOD_FOR_MS = 1000

/** Those whose mark says that they belong to this folder. */
function leadersIn(folder: string): ReadonlyMap<string, MarkedProcess> {
  const marked = processTable.marked(MARK, `${folder}/`).filter(({leads}) => leads)
  // The latest first, so that the earliest of each id is the one that stays in the map.
  const latestFirst = [...marked].sort(by(({started}) => started)).reverse()
  return new Map(latestFirst.map(leader => [leader.mark, leader]))
}

/** Somebody removed the record, or it was given up a moment before the process was there. */
function withoutRecord(id: string, leader: MarkedProcess): readonly Found[] {
  const [service, release, mode, port] = ['SLUICE_SERVICE', 'SLUICE_RELEASE', 'SLUICE_MODE', 'PORT'].map(name =>
    leader.env(name),
  )
  const process = idOf(leader)
  if (!service || !release || !port || !isAlive(process)) return []
  const state: State = {release, mode: mode || null}
  const record: InstanceRecord = {
    sluiceInstance: 1,
    id,
    service,
    pool: poolIdOf(state),
    state,
    rollout: '',
    port: Number(port),
    attempt: 1,
    process,
  }
  return [{is: 'alive', record, known: false}]
}

function idOf({pid, started}: MarkedProcess): ProcessId {
  return {pid, started, boot: processTable.boot()}
}
