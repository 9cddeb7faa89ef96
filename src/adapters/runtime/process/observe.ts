import type {Instance} from '../../../ports/runtime.ts'
import {processTable} from '../../processes/machine.ts'
import type {Found} from './find.ts'
import type {Given} from './given.ts'
import {healthOf} from '../health.ts'
import {boundLog, lastLines} from './log.ts'
import {LOOPBACK} from './ports.ts'
import type {InstanceRecord} from './record.ts'

/** What is told of an instance, after a look at its health. */
export async function observe(found: Found, given: Given): Promise<Instance> {
  const {record} = found
  const {id, service, pool, state, rollout} = record
  const life = found.is === 'alive' ? await lifeOf(record, given) : await deathOf(record, given)
  return {id, service, pool, state, rollout, address: `${LOOPBACK}:${record.port}`, ...life}
}

type Life = Pick<Instance, 'health' | 'detail'>

const PORT_HINT = '(the program has to listen on the port that PORT names)'

/** That it has been healthy once is kept on disk: then a bad answer is an illness, and no longer a slow start. */
async function lifeOf(record: InstanceRecord, {records, logLimitBytes}: Given): Promise<Life> {
  await boundLog(records.logOf(record.id), logLimitBytes)
  const {well, said} = await healthOf(`${LOOPBACK}:${record.port}`, record.health, PORT_HINT)
  const before = records.noted(record.id, 'healthy')
  if (!well) return {health: before ? 'unhealthy' : 'starting', detail: said}
  if (!before) await records.note(record.id, 'healthy')
  return {health: 'healthy'}
}

async function deathOf(record: InstanceRecord, given: Given): Promise<Life> {
  const log = await lastLines(given.records.logOf(record.id))
  const how = await howItEnded(record, given)
  return {health: 'exited', detail: log === '' ? `${how}; it wrote nothing` : `${how}; the end of its log:\n${log}`}
}

async function howItEnded({id, process}: InstanceRecord, {records}: Given): Promise<string> {
  const exit = await records.exitOf(id)
  if (exit?.signal) return `ended by ${exit.signal}`
  if (exit) return `ended with code ${exit.code}`
  if (process && process.boot !== processTable.boot()) return 'gone since the machine was started anew'
  return 'ended while nobody watched'
}
