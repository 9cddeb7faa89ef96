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

const CHECKED = 'see sslmode in docs/state.md'

/** What the server's certificate can be found to be, by the codes of OpenSSL. */
const BY_CERTIFICATE: readonly (readonly [code: RegExp, known: Known])[] = [
  [/ALTNAME/, {says: 'shows a certificate for another name', hint: 'name the server as its certificate does'}],
  [/EXPIRED|NOT_YET_VALID/, {says: 'shows a certificate that is not valid now', hint: 'have it renewed'}],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|REJECTED|SIGNATURE)/,
    {
      says: 'shows a certificate by nobody we trust',
      hint: 'name who has signed it: sslrootcert=/path/to/ca.pem in the address',
    },
  ],
]

/** What has no code. */
const BY_TEXT: readonly (readonly [said: RegExp, known: Known])[] = [
  [/does not support SSL/, {says: 'speaks no TLS', hint: `turn it on there (ssl = on), or ${CHECKED}`}],
  [/no encryption/, {says: 'wants TLS', hint: 'add ?sslmode=verify-full to the address'}],
  [/sslmode=verify-ca requires/, {says: 'names nobody to check its certificate by', hint: 'add sslrootcert'}],
]

/** SQLSTATEs after which another connection may do better. */
const PASSING = ['08', '57P', '25P03', '53300']

/** The connection is gone, or cannot be had just now: nothing of what was asked for has been done, unless it was committing. */
export function isPassing(error: unknown): boolean {
  const {code} = error as {code?: string}
  if (isOfFile(error)) return false
  if (code !== undefined && code in BY_ERRNO) return code !== 'ENOTFOUND'
  if (code !== undefined) return PASSING.some(prefix => code.startsWith(prefix))
  return /terminated|not queryable|timeout|closed/i.test(messageOf(error))
}

/** A pooler has given us another connection than the one that the statement was made ready on; nothing was done. */
export function isUnready(error: unknown): boolean {
  const {code} = error as {code?: string}
  return code === '26000' || code === '42P05'
}

/** Whatever went wrong with the database, named, with no password in it. */
export function trouble(address: string, error: unknown, env: NodeJS.ProcessEnv = process.env): Failure {
  const {code = ''} = error as {code?: string}
  const place = shownAddress(address)
  const detail = redact(messageOf(error), secretsOf(address, env))
  const known = isOfFile(error) ? UNREADABLE : knownBy(code, detail)
  if (known)
    return failure('state-failed', {message: `the record ${place} ${known.says} (${detail})`, hint: known.hint})
  return failure('state-failed', {message: `the record ${place} cannot be used: ${detail}`, hint: LATER})
}

const UNREADABLE: Known = {
  says: 'cannot be asked for: a file that its address names cannot be read',
  hint: 'check sslrootcert, sslcert and sslkey in the address',
}

function isOfFile(error: unknown): boolean {
  return (error as {syscall?: string}).syscall === 'open'
}

function knownBy(code: string, detail: string): Known | undefined {
  return (
    BY_TEXT.find(([said]) => said.test(detail))?.[1] ??
    BY_ERRNO[code] ??
    BY_CERTIFICATE.find(([of]) => of.test(code))?.[1] ??
    BY_STATE.find(([prefix]) => code.startsWith(prefix))?.[1]
  )
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
