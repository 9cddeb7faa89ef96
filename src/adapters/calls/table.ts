import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {DurationMs, Instant} from '../../core/base/units.ts'
import {nameOf, type Client, type EvidenceForm} from '../../core/usage/identity.ts'
import {summedCounts, type Count, type Snapshot} from '../../core/usage/snapshot.ts'
import {ask, type Endpoint} from '../balancer/haproxy/socket.ts'
import {sha256} from './counting.ts'

/** A stick table of HAProxy that counts calls, as our template sets it up. */
export interface StickTable {
  readonly endpoint: Endpoint
  readonly name: string
  /** After this time without a call an entry is dropped, as the table's configuration says. */
  readonly expireMs: DurationMs
}

/** A table that is fuller may not have room for the next client. */
const FULL = 0.8

/** The kinds of evidence in a key, with the form that the value has. */
const FORMS = {
  certificate: 'certificate',
  key: 'keyHash',
  token: 'subject',
  service: 'service',
  agent: 'agent',
  address: 'address',
} as const satisfies Partial<Record<Client['kind'], EvidenceForm>>

/** Reads the whole table. Its keys are `contract@major|kind|identity`, and `none` for a call that names no version. */
export async function readTable({endpoint, name, expireMs}: StickTable, now: Instant): Promise<Result<Snapshot>> {
  const answer = await ask(endpoint, ['show info', `show table ${name}`])
  if (!answer.ok) return answer
  const size = /^# table: .*\bsize: ?(\d+), ?used: ?(\d+)/m.exec(answer.value)
  if (!size) return fail(noTable(name, answer.value))
  const isFull = Number(size[2]) > FULL * Number(size[1])
  return ok({
    at: now,
    epoch: /^Pid: (\d+)/m.exec(answer.value)?.[1] ?? '',
    expireMs,
    counts: summedCounts(countsIn(answer.value, expireMs, now)),
    ...(isFull && {doubt: `the table ${name} is nearly full: ${size[2]} of ${size[1]} entries`}),
  })
}

function countsIn(answer: string, expireMs: DurationMs, now: Instant): readonly Count[] {
  return answer.split('\n').flatMap(line => {
    // Spaces within a key are escaped, so that no client can write a count into its name.
    const [, key = '', exp, calls] = /\bkey=(\S*(?:\\ \S*)*) use=\d+ exp=(\d+)\b.*\bhttp_req_cnt=(\d+)/.exec(line) ?? []
    const [, contract, major, kind, value] = /^([^|]+)@(\d{1,9}|none)\|(\w+)\|(.*)$/.exec(unescape(key)) ?? []
    if (contract === undefined || kind === undefined || !isKind(kind)) return []
    const client = nameOf(FORMS[kind], value ?? '', sha256)
    return [
      {
        contract,
        major: major === 'none' ? null : Number(major),
        client: client === undefined ? {kind: 'unknown', name: 'unknown'} : {kind, name: client},
        calls: Number(calls),
        last: now - (expireMs - Number(exp)),
      },
    ]
  })
}

/** `\ ` -> a space, `\x1b` -> that byte. */
function unescape(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/gi, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function isKind(kind: string): kind is keyof typeof FORMS {
  return Object.hasOwn(FORMS, kind)
}

function noTable(name: string, answer: string) {
  const said = /^(Permission denied|No such table)/m.exec(answer)?.[1]
  return failure('balancer-failed', {
    message: `HAProxy shows no stick table ${JSON.stringify(name)}${said === undefined ? '' : `: ${said}`}`,
    hint: '`sluice usage template haproxy-table` prints one; `table:` of the source names it',
  })
}
