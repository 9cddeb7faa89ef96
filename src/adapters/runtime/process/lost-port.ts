import {followers} from '../../processes/tree.ts'
import type {Given} from './given.ts'
import {listens} from '../health.ts'
import {lastLines} from './log.ts'
import {LOOPBACK} from './ports.ts'
import type {InstanceRecord} from './record.ts'
import {treeOf} from './end.ts'

/**
 * Whether a gone instance ended because somebody else had taken its port between our choice and its bind: it says so,
 * or somebody listens there who is not of its making.
 */
export async function lostItsPort(record: InstanceRecord, {records}: Given): Promise<boolean> {
  if (record.attempt >= MOST_ATTEMPTS || records.noted(record.id, 'healthy')) return false
  if (/EADDRINUSE|address already in use/i.test(await lastLines(records.logOf(record.id), 100))) return true
  return (await listens(`${LOOPBACK}:${record.port}`)) && followers(treeOf(record, records)).length === 0
}

/** A program that says so of another port than its own would be started for ever. */
const MOST_ATTEMPTS = 3
