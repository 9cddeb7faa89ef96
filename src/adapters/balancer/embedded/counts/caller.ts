import {createHash} from 'node:crypto'
import type {IncomingHttpHeaders} from 'node:http'
import type {EvidenceKind} from '../../../../core/config/config.ts'
import {type Client, nameOf, type EvidenceForm, UNKNOWN} from '../../../../core/usage/identity.ts'

/** Where a request carries each kind of evidence. No certificate gets here: whoever ends TLS stands in front. */
const CARRIED: Readonly<Record<EvidenceKind, {readonly form: EvidenceForm; readonly header?: string} | undefined>> = {
  certificate: undefined,
  key: {form: 'key', header: 'x-api-key'},
  token: {form: 'token', header: 'authorization'},
  service: {form: 'service', header: 'x-service-name'},
  agent: {form: 'agent', header: 'user-agent'},
  address: {form: 'address'},
}

/** So many names are remembered by what they were made of; then all are made anew. */
const REMEMBERED = 4096

interface Connected {
  readonly remoteAddress?: string | undefined
}

/** Of the client, as IPv4 where it is. */
export function addressOf({remoteAddress = 'unknown'}: Connected): string {
  return remoteAddress.replace(/^::ffff:/, '')
}

export function keyOf({kind, name}: Client): string {
  return `${kind} ${name}`
}

/** What {@link keyOf} was made of. */
export function clientIn(key: string): Client {
  return {kind: key.slice(0, key.indexOf(' ')) as Client['kind'], name: nameIn(key)}
}

export function nameIn(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

/** Names callers by the first evidence that is there, in the order of the file. Keys and tokens are not kept. */
export function callerKeys(): (
  order: readonly EvidenceKind[],
  request: {readonly headers: IncomingHttpHeaders; readonly socket: Connected},
) => string | undefined {
  const known = new Map<string, string | undefined>()

  function named(kind: EvidenceKind, form: EvidenceForm, raw: string): string | undefined {
    const key = `${form} ${raw}`
    if (known.has(key)) return known.get(key)
    if (known.size >= REMEMBERED) known.clear()
    const name = nameOf(form, raw, text => createHash('sha256').update(text).digest('hex'))
    const caller = name === undefined ? undefined : keyOf({kind, name})
    known.set(key, caller)
    return caller
  }

  return (order, {headers, socket}) => {
    for (const kind of order) {
      const carried = CARRIED[kind]
      const raw = carried && (carried.header === undefined ? addressOf(socket) : headers[carried.header])
      const caller = carried && typeof raw === 'string' ? named(kind, carried.form, raw) : undefined
      if (caller !== undefined) return caller
    }
    return order.length === 0 ? undefined : keyOf(UNKNOWN)
  }
}
