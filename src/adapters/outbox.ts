import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {createHash} from 'node:crypto'
import type {Instant} from '../core/base/units.ts'
import type {Who} from '../core/rollout/who.ts'

/** A message that a webhook has not taken yet. */
export interface Owed {
  /** Stays the same, however often and by whom it is sent. */
  readonly id: string
  /** The webhook, as the file names it. */
  readonly to: string
  readonly body: string
  readonly at: Instant
  /** What it is about. */
  readonly rollout: string
  /** The process that is to deliver it. */
  readonly by: Who
}

/**
 * Messages on their way, one file each, so that what a process did not deliver is there for the next. Losing them stops
 * nothing: where the disk is full, they are as good as the process that sends them.
 */
export interface Outbox {
  keep(owed: Owed): void
  drop(owed: Pick<Owed, 'id' | 'to'>): void
  /** Oldest first. */
  left(): readonly Owed[]
}

/** @param folder made with the first message */
export function outboxIn(folder: string): Outbox {
  const fileOf = ({id, to}: Pick<Owed, 'id' | 'to'>) =>
    join(folder, `${createHash('sha256').update(`${to} ${id}`).digest('hex').slice(0, 32)}.json`)
  return {
    keep: owed =>
      quietly(() => {
        mkdirSync(folder, {recursive: true, mode: 0o700})
        writeFileSync(fileOf(owed), JSON.stringify(owed), {mode: 0o600})
      }),
    drop: owed => quietly(() => rmSync(fileOf(owed), {force: true})),
    left: () =>
      filesIn(folder)
        .flatMap(readOwed)
        .sort((a, b) => a.at - b.at),
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .map(name => join(folder, name))
  } catch {
    return []
  }
}

/** One that was cut off while it was written had not been sent either, and is nothing to send. */
function readOwed(file: string): readonly Owed[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as Owed]
  } catch {
    return []
  }
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {}
}
