import type {Failure} from '../../../core/base/failure.ts'
import {failure} from '../../../core/base/failure.ts'
import {redact} from '../../../core/base/redact.ts'
import {secretsOf, shownAddress} from './address.ts'

interface Known {
  readonly says: string
  readonly hint: string
}

const ASK = 'ask whoever runs the database'
const LATER = 'nothing is done meanwhile; when it answers again: `sluice rollout resume`'
const GRANT = 'its user needs CREATE on the database, or a schema of that name that it owns'

/** By SQLSTATE, the longest prefix first. */
const BY_STATE: readonly (readonly [prefix: string, known: Known])[] = [
  ['28', {says: 'does not let us in', hint: 'check user and password: in PGPASSWORD, or in ~/.pgpass'}],
  ['3D000', {says: 'is no database that it knows', hint: 'make it first: `createdb`'}],
  ['42501', {says: 'does not let us do this', hint: GRANT}],
  ['25006', {says: 'can only be read: it is a standby', hint: 'name the primary server'}],
  ['53100', {says: 'cannot grow: its disk is full', hint: `make room on the server; ${LATER}`}],
  ['53300', {says: 'has no connection left', hint: ASK}],
  ['53', {says: 'has run out of something', hint: ASK}],
  ['55P03', {says: 'is held by another process that does not let go', hint: 'look into pg_stat_activity'}],
  ['57014', {says: 'took too long to answer', hint: LATER}],
  ['57P', {says: 'is being shut down', hint: LATER}],
  ['25P03', {says: 'gave up on us, since we did not go on', hint: LATER}],
  ['XX', {says: 'is damaged', hint: 'restore it from a backup; what really runs is shown by `sluice status`'}],
]

/** What the connection itself can meet. */
const BY_ERRNO: {readonly [code: string]: Known} = {
  ECONNREFUSED: {says: 'cannot be reached: nobody listens there', hint: LATER},
  ENOENT: {says: 'cannot be reached: nobody listens there', hint: LATER},
  EAI_AGAIN: {says: 'cannot be reached: its name is not known just now', hint: LATER},
  ENOTFOUND: {says: 'cannot be reached: its name is not known', hint: 'check the address'},
  ETIMEDOUT: {says: 'cannot be reached: no answer', hint: LATER},
  EHOSTUNREACH: {says: 'cannot be reached: there is no way to it', hint: LATER},
  ECONNRESET: {says: 'has cut the connection', hint: LATER},
  EPIPE: {says: 'has cut the connection', hint: LATER},
}

/** SQLSTATEs after which another connection may do better. */
const PASSING = ['08', '57P', '25P03', '53300']

/** The connection is gone, or cannot be had just now: nothing of what was asked for has been done, unless it was committing. */
export function isPassing(error: unknown): boolean {
  const {code} = error as {code?: string}
  if (code !== undefined && code in BY_ERRNO) return code !== 'ENOTFOUND'
  if (code !== undefined) return PASSING.some(prefix => code.startsWith(prefix))
  return /terminated|not queryable|timeout|closed/i.test(messageOf(error))
}

/** Whatever went wrong with the database, named, with no password in it. */
export function trouble(address: string, error: unknown, env: NodeJS.ProcessEnv = process.env): Failure {
  const {code = ''} = error as {code?: string}
  const place = shownAddress(address)
  const known = BY_ERRNO[code] ?? BY_STATE.find(([prefix]) => code.startsWith(prefix))?.[1]
  const detail = redact(messageOf(error), secretsOf(address, env))
  if (known)
    return failure('state-failed', {message: `the record ${place} ${known.says} (${detail})`, hint: known.hint})
  return failure('state-failed', {message: `the record ${place} cannot be used: ${detail}`, hint: LATER})
}

/** The connection went while the last word was under way. */
export function unsure(address: string): Failure {
  return failure('state-failed', {
    message: `the record ${shownAddress(address)} was cut off while it was being written: whether it was kept is not known`,
    hint: LATER,
  })
}

function messageOf(error: unknown): string {
  // Whoever was tried at several addresses got several answers, and their sum says nothing.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return first instanceof Error ? first.message : String(first)
}
