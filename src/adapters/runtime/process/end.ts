import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import {isAlive, signal} from '../../processes/identity.ts'
import {followers, isGone, killTree, type ProcessTree} from '../../processes/tree.ts'
import {MARK} from './find.ts'
import type {Given} from './given.ts'
import type {InstanceRecord, Records} from './record.ts'

/** The instance and all that it started. */
export function treeOf({id, process}: InstanceRecord, {folder}: Records): ProcessTree {
  return {...(process && {leader: process}), variable: MARK, value: `${folder}/${id}`}
}

/**
 * Ends an instance, each process asked only once: a second SIGTERM makes many programs drop all they have. SIGTERM goes to its first process only, which knows what its children are in the midst of; those
 * that it leaves behind are asked in their turn. After `drainMs` there is SIGKILL for all. Done when none is left.
 */
export async function endInstance(record: InstanceRecord, drainMs: DurationMs, given: Given): Promise<Result<void>> {
  const {clock, records, passing} = given
  const tree = treeOf(record, records)
  const deadline = clock.monotonic() + drainMs
  if (!records.noted(record.id, 'asked') && tree.leader && signal(tree.leader, 'SIGTERM')) {
    await records.note(record.id, 'asked')
  }
  passing('asked')
  const asked = new Set<number>()
  while (!isGone(tree) && clock.monotonic() < deadline) {
    askFollowers(tree, asked)
    await clock.sleep(Math.min(LOOK_EVERY_MS, deadline - clock.monotonic()))
  }
  return (await endNow(tree, given)) ? ok(undefined) : fail(unending(record))
}

const LOOK_EVERY_MS = 50

/** Only once the first process is gone. */
function askFollowers(tree: ProcessTree, asked: Set<number>): void {
  if (tree.leader && isAlive(tree.leader)) return
  for (const follower of followers(tree)) {
    if (!asked.has(follower.pid)) signal(follower, 'SIGTERM')
    asked.add(follower.pid)
  }
}

/** More than once, since a tree may grow while it is cut. */
export async function endNow(tree: ProcessTree, {clock}: Pick<Given, 'clock'>): Promise<boolean> {
  for (let look = 0; look < MOST_LOOKS && !isGone(tree); look++) {
    killTree(tree)
    await clock.sleep(LOOK_EVERY_MS)
  }
  return isGone(tree)
}

const MOST_LOOKS = 100

function unending({id, process}: InstanceRecord) {
  return failure('runtime-failed', {
    message: `${id} does not end, even by SIGKILL (process ${process?.pid ?? 'unknown'})`,
    hint: 'it may be stuck in the kernel, on a disk or a network file system that does not answer',
  })
}
