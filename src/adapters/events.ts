import {closeSync, openSync, writeSync} from 'node:fs'
import {type Failure, failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'

/** Where lines go, one after the other. */
export interface LineSink {
  /** Why it could not be written, the first time. A rollout does not stop for it. */
  write(line: string): Failure | undefined
  end(): void
}

const STDOUT = 1

/** Adds to a file, or writes to standard output for `-`. What was written is there, whatever becomes of this process. */
export function lineSink(target: string): Result<LineSink> {
  let file = STDOUT
  let isBroken = false
  try {
    if (target !== '-') file = openSync(target, 'a')
  } catch (error) {
    return fail(failure('usage', {message: said(target, error), hint: 'name a file that can be written, or -'}))
  }
  return ok({
    write: line => {
      if (isBroken) return undefined
      try {
        writeSync(file, `${line}\n`)
        return undefined
      } catch (error) {
        isBroken = true
        return failure('usage', {message: said(target, error)})
      }
    },
    end: () => {
      if (file !== STDOUT) closeSync(file)
    },
  })
}

function said(target: string, error: unknown): string {
  return `events cannot be written to ${target}: ${error instanceof Error ? error.message : String(error)}`
}
