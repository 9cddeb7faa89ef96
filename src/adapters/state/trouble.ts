import type {Failure} from '../../core/base/failure.ts'
import {failure} from '../../core/base/failure.ts'

interface Known {
  readonly says: string
  readonly hint: string
}

const RESTORE = 'restore it from a backup; without one, move it away, and check by `sluice status` what really runs'

/** By the result codes of SQLite. */
const BY_RESULT: {readonly [code: number]: Known} = {
  3: {says: 'may not be opened', hint: 'check who owns it and its folder'},
  5: {
    says: 'is held by another process that does not let go',
    hint: 'look for a stopped sluice: `ps` shows it in state T',
  },
  8: {says: 'cannot be written', hint: 'check who owns it and its folder, and that the disk is not mounted read-only'},
  10: {says: 'cannot be read or written: the disk reports an error', hint: 'check the disk; nothing was done'},
  11: {says: 'is damaged', hint: RESTORE},
  13: {says: 'cannot grow: the disk is full', hint: 'make room, then `sluice rollout resume`'},
  14: {
    says: 'cannot be opened',
    hint: 'check that its folder exists, who owns it, and that it is not mounted read-only',
  },
  26: {says: 'is no database', hint: RESTORE},
}

/** By the codes of the file system, met while the file is made. */
const BY_ERRNO: {readonly [code: string]: Known} = {
  EACCES: BY_RESULT[3]!,
  EPERM: BY_RESULT[3]!,
  EROFS: BY_RESULT[8]!,
  ENOSPC: BY_RESULT[13]!,
  ENOTDIR: BY_RESULT[14]!,
}

/** By the result codes of SQLite, for whoever may only read. */
const BY_RESULT_OF_LOOKING: readonly number[] = [8, 14]

/** The same, for whoever may only read: what a killed process left half written, only somebody who may write can bring in order. */
export function unsettled(file: string, error: unknown): Failure {
  const {errcode} = error as {errcode?: number}
  if (!BY_RESULT_OF_LOOKING.includes((errcode ?? 0) & 0xff)) return trouble(file, error)
  return failure('state-failed', {
    message: `the record ${file} was left in the middle of a write, and may not be written here`,
    hint: 'run `sluice rollout list` once as somebody who may write to it and its folder: that brings it in order',
  })
}

/** Whatever went wrong with the file, named. Nothing may be done in the world after it: no effect without a record. */
export function trouble(file: string, error: unknown): Failure {
  const {errcode, code, message} = error as {errcode?: number; code?: string; message?: string}
  const known = BY_RESULT[(errcode ?? 0) & 0xff] ?? BY_ERRNO[code ?? '']
  if (known) return failure('state-failed', {message: `the record ${file} ${known.says}`, hint: known.hint})
  return failure('state-failed', {
    message: `the record ${file} cannot be used: ${message ?? String(error)}`,
    hint: RESTORE,
  })
}
