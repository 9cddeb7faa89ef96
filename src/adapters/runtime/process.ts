import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {DriverConfig} from '../../core/config/config.ts'
import type {ServiceName} from '../../core/graph/system.ts'
import type {Clock} from '../../ports/clock.ts'
import type {Instance, PoolId, Runtime} from '../../ports/runtime.ts'
import {inTurn} from '../in-turn.ts'
import {readOptions} from '../options.ts'
import type {RuntimePlace} from './place.ts'
import {endInstance} from './process/end.ts'
import {type Found, findInstances, leadersOf} from './process/find.ts'
import type {CrashInstant, Given} from './process/given.ts'
import {lostItsPort} from './process/lost-port.ts'
import {observe} from './process/observe.ts'
import {type InstanceRecord, openRecords} from './process/record.ts'
import {PROCESS_OPTIONS} from './process/options.ts'
import {starter} from './process/starter.ts'

/** What the driver is opened with. */
export interface ProcessOptions {
  /** Where the records and logs of one environment's instances are; made where it is missing. */
  readonly folder: string
  readonly clock: Clock
  /** Our own environment, of which instances are given a little. */
  readonly env: NodeJS.ProcessEnv
  /** Names of variables to hand on beyond the usual ones. */
  readonly pass?: readonly string[]
  readonly logLimitBytes?: number
  readonly passing?: (instant: CrashInstant) => void
}

/** As the registry opens it: `runtime: { driver: process, pass: [AWS_REGION], logLimit: 10MB }`. */
export async function openProcessRuntime(
  options: DriverConfig['options'],
  place: RuntimePlace,
): Promise<Result<Runtime>> {
  const {file, environment, folder, clock, env} = place
  const whose = {driver: 'process', file, key: `environments.${environment}.runtime`}
  const read = readOptions(options, PROCESS_OPTIONS, whose)
  if (!read.ok) return read
  const {pass, logLimit} = read.value
  const own = {...(pass && {pass}), ...(logLimit && {logLimitBytes: logLimit})}
  return guarded(async () => ok(await processRuntime({folder, clock, env, ...own})))
}

/**
 * Instances as processes of this machine, that outlive us and are found again by whoever comes next.
 *
 *     start:  record without process -- 'recorded' -- spawn -- 'spawned' -- record with process -- 'started'
 *     stop:   SIGTERM -- 'asked' -- wait, SIGKILL, none left -- 'ended' -- record removed -- 'forgotten'
 *
 * Killed at any of these instants, we are followed by one who finds either a process with its mark, or none and a
 * record to forget.
 */
export async function processRuntime(options: ProcessOptions): Promise<Runtime> {
  const given = await givenFrom(options)
  const {ensure, revive, seenOut} = starter(given)
  const turn = inTurn()
  const find = async (wanted: (record: InstanceRecord) => boolean, fresh = false) =>
    (await findInstances(given, fresh)).filter(({record}) => wanted(record))

  /** Undefined for what was never started. */
  async function look(found: Found): Promise<Instance | undefined> {
    if (found.is === 'never') return undefined
    const {record} = found
    if (found.is === 'alive') return observe(found, given)
    await seenOut(record.id)
    if (!(await lostItsPort(record, given))) return observe(found, given)
    await turn(keyOf(record), () => revive(record))
    const [now] = await find(({id}) => id === record.id)
    return now && now.is !== 'never' ? observe(now, given) : undefined
  }

  const seen = async (wanted: (record: InstanceRecord) => boolean) => {
    const looks = await Promise.all((await find(wanted)).map(look))
    return looks.filter(instance => instance !== undefined)
  }

  async function end(record: InstanceRecord, drainMs: number): Promise<Result<void>> {
    const ended = await endInstance(record, drainMs, given)
    if (!ended.ok) return ended
    given.passing('ended')
    await given.records.remove(record.id)
    given.passing('forgotten')
    return ok(undefined)
  }

  return {
    start: spec => turn(keyOf(spec), () => guarded(() => ensure(spec))),
    read: service => guarded(async () => ok(await seen(record => record.service === service))),
    stop: (service, pool, drainMs) =>
      turn(keyOf({service, pool}), () =>
        guarded(async () => {
          const found = await find(record => record.service === service && record.pool === pool, true)
          const ends = await Promise.all(found.map(({record}) => end(record, drainMs)))
          return ends.find(ended => !ended.ok) ?? ok(undefined)
        }),
      ),
    list: () => guarded(async () => ok(await seen(() => true))),
  }
}

async function givenFrom(options: ProcessOptions): Promise<Given> {
  const {clock, env, pass = [], logLimitBytes = LOG_LIMIT_BYTES, passing = () => {}} = options
  const records = await openRecords(options.folder)
  return {records, leaders: leadersOf(records.folder, clock), clock, env, pass, logLimitBytes, passing}
}

const LOG_LIMIT_BYTES = 10_000_000

function keyOf({service, pool}: {readonly service: ServiceName; readonly pool: PoolId}): string {
  return `${service} ${pool}`
}

/** A full disk, a folder that is not ours: an operator's business, not a bug. */
async function guarded<T>(verb: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await verb()
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'Bug') throw error
    return fail(failure('runtime-failed', {message: `the records of processes cannot be used: ${error.message}`}))
  }
}
