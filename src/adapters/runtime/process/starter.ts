import {unreachable} from '../../../core/base/bug.ts'
import {ok, type Result} from '../../../core/base/result.ts'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {endNow, treeOf} from './end.ts'
import {type Found, findInstances} from './find.ts'
import type {Given} from './given.ts'
import {anyPort, launch, newRecord} from './launch.ts'
import {lostItsPort} from './lost-port.ts'
import type {InstanceRecord} from './record.ts'
import {tidy} from './tidy.ts'

/** Brings instances up, and remembers those that it did. */
export interface Starter {
  /** Makes sure that there are as many instances as the pool asks for. Those that died by themselves count. */
  readonly ensure: (spec: PoolSpec) => Promise<Result<void>>
  /** Starts a gone instance of ours on another port, if somebody else had taken its own; answers whether it did. */
  readonly revive: (record: InstanceRecord) => Promise<boolean>
  /** Waits until it is on disk how a gone instance of ours ended; not for one that somebody else started. */
  readonly seenOut: (id: string) => Promise<void>
}

export function starter(given: Given): Starter {
  const {records} = given
  const ours = new Map<string, {readonly spec: PoolSpec; readonly ended: Promise<void>}>()
  const seenOut = async (id: string) => {
    const late = new AbortController()
    await Promise.race([ours.get(id)?.ended, given.clock.sleep(LONGEST_GOODBYE_MS, late.signal)])
    late.abort()
  }

  async function bringUp(record: InstanceRecord, spec: PoolSpec): Promise<Result<void>> {
    const launched = await launch(record, spec, given)
    if (!launched.ok) return launched
    ours.set(record.id, {spec, ended: launched.value.ended})
    return ok(undefined)
  }

  async function onAnotherPort(record: InstanceRecord, spec: PoolSpec): Promise<Result<void>> {
    await seenOut(record.id)
    await endNow(treeOf(record, records), given)
    await records.remove(record.id)
    const next = {...record, port: await anyPort(given), attempt: record.attempt + 1}
    delete next.process
    return bringUp(next, spec)
  }

  /** Brings record and reality together; answers whether there is an instance to count. */
  async function settle(found: Found, spec: PoolSpec): Promise<Result<boolean>> {
    const {record} = found
    switch (found.is) {
      case 'never':
        await records.remove(record.id)
        return ok(false)
      case 'alive':
        if (!found.known) await records.write(adopted(record, spec))
        return ok(true)
      case 'gone': {
        const restarted = (await lostItsPort(record, given)) ? await onAnotherPort(record, spec) : ok(undefined)
        return restarted.ok ? ok(true) : restarted
      }
      default:
        return unreachable(found)
    }
  }

  async function ensure(spec: PoolSpec): Promise<Result<void>> {
    await tidy(given)
    let count = 0
    for (const found of await findInstances(given, true)) {
      if (!isOf(found.record, spec)) continue
      const settled = await settle(found, spec)
      if (!settled.ok) return settled
      if (settled.value) count++
    }
    for (; count < spec.replicas; count++) {
      const started = await bringUp(await newRecord(spec, given), spec)
      if (!started.ok) return started
    }
    return ok(undefined)
  }

  /** What was true when the instance was looked at may no longer be: it is found anew. */
  async function revive({id, attempt}: InstanceRecord): Promise<boolean> {
    const own = ours.get(id)
    const now = (await findInstances(given, true)).find(({record}) => record.id === id && record.attempt === attempt)
    if (!own || now?.is !== 'gone' || !(await lostItsPort(now.record, given))) return false
    return (await onAnotherPort(now.record, own.spec)).ok
  }

  return {ensure, revive, seenOut}
}

/** The system tells us of the end of a child at once; whatever keeps it from doing so must not keep us. */
const LONGEST_GOODBYE_MS = 1000

function isOf(record: InstanceRecord, {service, pool}: PoolSpec): boolean {
  return record.service === service && record.pool === pool
}

/** A process that was found without a whole record is given what the pool says. */
function adopted(record: InstanceRecord, {rollout, run}: PoolSpec): InstanceRecord {
  return {...record, rollout: record.rollout || rollout, ...(run.health && {health: run.health})}
}
