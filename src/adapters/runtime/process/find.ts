import {by} from '../../../core/base/order.ts'
import type {State} from '../../../core/graph/system.ts'
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
export async function findInstances(records: Records): Promise<readonly Found[]> {
  const known = await records.all()
  const leaders = leadersIn(records.folder)
  const found = known.map(record => foundBy(record, leaders.get(record.id)))
  const ids = new Set(known.map(({id}) => id))
  return [...found, ...[...leaders].flatMap(([id, leader]) => (ids.has(id) ? [] : withoutRecord(id, leader)))]
}

function foundBy(record: InstanceRecord, marked: MarkedProcess | undefined): Found {
  const own = record.process
  if (own) return isAlive(own) ? {is: 'alive', record, known: true} : {is: 'gone', record}
  return marked ? {is: 'alive', record: {...record, process: idOf(marked)}, known: false} : {is: 'never', record}
}

/** The first process of every instance whose mark says that it belongs to this folder. */
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
  if (!service || !release || !port) return []
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
    process: idOf(leader),
  }
  return [{is: 'alive', record, known: false}]
}

function idOf({pid, started}: MarkedProcess): ProcessId {
  return {pid, started, boot: processTable.boot()}
}
