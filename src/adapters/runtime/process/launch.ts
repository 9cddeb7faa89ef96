import type {ChildProcess} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {type Failure, failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {identify, type ProcessId} from '../../processes/identity.ts'
import {startProgram} from '../../processes/start.ts'
import {processTable} from '../../processes/machine.ts'
import {environmentOf} from './environment.ts'
import type {Given} from './given.ts'
import {freePort} from './ports.ts'
import type {InstanceRecord} from './record.ts'

/** A record for an instance that does not exist yet. */
export async function newRecord(spec: PoolSpec, given: Given): Promise<InstanceRecord> {
  const {service, pool, state, rollout, run} = spec
  return {
    sluiceInstance: 1,
    id: `${plain(service)}-${plain(pool)}-${randomBytes(4).toString('hex')}`,
    service,
    pool,
    state,
    rollout,
    port: await anyPort(given),
    ...(run.health && {health: run.health}),
    attempt: 1,
  }
}

/** One that nobody has in a record. */
export async function anyPort({records}: Given): Promise<number> {
  return freePort(new Set((await records.all()).map(({port}) => port)))
}

/** The id is part of file names and of an environment variable that `ps` prints. */
function plain(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_')
}

/**
 * Starts one instance. Its record goes first: if we are killed right after the spawn, the process is found by what the
 * record says. Resolves with how it ends, as long as we are there to see it.
 */
export async function launch(record: InstanceRecord, spec: PoolSpec, given: Given): Promise<Result<Launched>> {
  const {records, passing} = given
  await records.write(record)
  passing('recorded')
  const started = await spawnInstance(record, spec, given)
  if (!started.ok) {
    await records.remove(record.id)
    return fail(started.failure)
  }
  const {child, process} = started.value
  passing('spawned')
  await records.write({...record, process})
  passing('started')
  return ok({ended: noteEnd(child, record, given)})
}

export interface Launched {
  /** Settles when the instance has ended and the way it ended is on disk. */
  readonly ended: Promise<void>
}

async function spawnInstance(record: InstanceRecord, spec: PoolSpec, given: Given): Promise<Result<Spawned>> {
  const {command, cwd} = spec.run
  if (!command) return fail(nothingToRun(spec, 'run.command', 'its program and arguments'))
  if (spec.folder === undefined) return fail(nothingToRun(spec, 'repo', 'where its files are'))
  const log = await open(given.records.logOf(record.id), 'a', 0o600)
  try {
    let process: ProcessId | undefined
    const program = await startProgram({
      command,
      folder: join(spec.folder, cwd ?? '.'),
      env: environmentOf(record, spec, given),
      stdio: ['ignore', log.fd, log.fd],
      code: 'runtime-failed',
      started: child => (process = identify(child.pid)),
    })
    if (!program.ok) return fail(inContext(program.failure, spec))
    const child = program.value
    // It may be dead already: then no process is ever the one of this record.
    return ok({child, process: process ?? {pid: child.pid, started: 'unknown', boot: processTable.boot()}})
  } finally {
    await log.close()
  }
}

interface Spawned {
  readonly child: ChildProcess
  readonly process: ProcessId
}

/** Does not hold us up: the instance is to outlive us. */
function noteEnd(child: ChildProcess, {id}: InstanceRecord, {records}: Given): Promise<void> {
  child.unref()
  return new Promise(resolve => {
    const note = (code: number | null, signal: NodeJS.Signals | null) => {
      records.noteExit(id, {code, signal})
      resolve()
    }
    if (child.exitCode !== null || child.signalCode !== null) note(child.exitCode, child.signalCode)
    else child.once('exit', note)
  })
}

function nothingToRun({service}: PoolSpec, key: string, what: string): Failure {
  return failure('driver-unable', {
    message: `${service} cannot run as a process: services.${service}.${key} is missing`,
    hint: `set it to ${what}, or use another runtime driver`,
  })
}

function inContext({code, message, hint}: Failure, {service, pool}: PoolSpec): Failure {
  return failure(code, {message: `cannot start ${service} ${pool}: ${message}`, ...(hint && {hint})})
}
