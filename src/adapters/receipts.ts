import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Instant} from '../core/base/units.ts'

/**
 * Up to where in the record of a rollout a webhook's messages have been put into the outbox. What stands behind that in the
 * record was lost by a process that died between the two.
 */
export interface Receipts {
  /** From when on receipts are kept for this webhook: now, where it is new. */
  since(to: string, now: Instant): Instant
  /** The last entry of the rollout's record; 0 where there is none. */
  last(to: string, rollout: string): number
  note(to: string, rollout: string, entry: number): void
  /** Receipts for what was written down before that are of no use any more. */
  forget(before: Instant): void
}

/** One file for each webhook and each rollout, which one process carries out at a time. A full disk costs a message twice, not a rollout. */
export function receiptsIn(folder: string): Receipts {
  const nameOf = (...of: readonly string[]) => createHash('sha256').update(of.join(' ')).digest('hex').slice(0, 32)
  const sinceOf = (to: string) => join(folder, `${SINCE}${nameOf(to)}`)
  const fileOf = (to: string, rollout: string) => join(folder, nameOf(to, rollout))
  const write = (file: string, value: number) => {
    try {
      mkdirSync(folder, {recursive: true, mode: 0o700})
      writeFileSync(`${file}.new`, String(value), {mode: 0o600})
      renameSync(`${file}.new`, file)
    } catch {}
  }
  return {
    since: (to, now) => {
      const file = sinceOf(to)
      const kept = read(file)
      if (kept === undefined) write(file, now)
      return kept ?? now
    },
    last: (to, rollout) => read(fileOf(to, rollout)) ?? 0,
    note: (to, rollout, entry) => write(fileOf(to, rollout), entry),
    forget: before => {
      try {
        const files = readdirSync(folder).filter(name => !name.startsWith(SINCE))
        for (const file of files.map(name => join(folder, name))) if (statSync(file).mtimeMs < before) rmSync(file)
      } catch {}
    },
  }
}

const SINCE = 'since-'

function read(file: string): number | undefined {
  try {
    const value = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(value) ? value : undefined
  } catch {
    return undefined
  }
}
