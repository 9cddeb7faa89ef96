import {isHopByHop, listedByConnection} from './hop-by-hop.ts'

/** What is needed of a client's request to pass it on. */
export interface Asked {
  readonly method: string
  /** As sent: origin form, absolute form or `*`. */
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[]
  readonly remoteAddress: string
}

/** A request that may be passed on. */
export interface Passed {
  /** The whole head, ready to be written. */
  readonly head: string
  readonly body: 'none' | 'length' | 'chunked'
}

/** A request that may not, with the answer it gets. */
export interface Refused {
  readonly status: 400 | 501 | 505
  readonly why: string
}

/** What may stand in `Host`: a name or an address, and a port; or nothing, before HTTP/1.1. */
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]*$/

interface Seen {
  host: string | undefined
  hosts: number
  length: string | undefined
  coding: string | undefined
  connection: string
  forwardedFor: string
  forwardedProto: boolean
  forwardedHost: boolean
  via: string
}

/**
 * Makes the head of the request to the server. The parser in front is strict; what is refused here is what it lets
 * through and what a server behind could understand in another way.
 * @param upgrade the protocol that the client wants to change to, where that is passed on
 */
export function passOn(asked: Asked, upgrade?: string): Passed | Refused {
  const seen = look(asked.rawHeaders)
  const target = targetOf(asked)
  if (asked.httpVersion !== '1.1' && asked.httpVersion !== '1.0') return {status: 505, why: `HTTP/${asked.httpVersion}`}
  if (target === undefined) return {status: 400, why: 'a request target that is neither a path nor a URL'}
  if (!HOST.test(target.host ?? seen.host ?? '')) return {status: 400, why: 'a Host that is none'}
  if (seen.hosts > 1) return {status: 400, why: 'more than one Host'}
  if (seen.hosts === 0 && asked.httpVersion === '1.1') return {status: 400, why: 'no Host'}
  if (seen.coding !== undefined && seen.length !== undefined)
    return {status: 400, why: 'both Content-Length and Transfer-Encoding'}
  if (seen.coding !== undefined && asked.httpVersion !== '1.1')
    return {status: 400, why: 'Transfer-Encoding before HTTP/1.1'}
  if (seen.coding !== undefined && seen.coding.toLowerCase() !== 'chunked')
    return {status: 501, why: 'a transfer coding other than chunked'}
  const body =
    seen.coding !== undefined ? 'chunked' : seen.length === undefined || Number(seen.length) === 0 ? 'none' : 'length'
  const host = target.host ?? seen.host
  return {head: `${asked.method} ${target.path} HTTP/1.1\r\n${fields(asked, seen, host, upgrade)}\r\n`, body}
}

function look(raw: readonly string[]): Seen {
  const seen: Seen = {
    host: undefined,
    hosts: 0,
    length: undefined,
    coding: undefined,
    connection: '',
    forwardedFor: '',
    forwardedProto: false,
    forwardedHost: false,
    via: '',
  }
  for (let index = 0; index < raw.length; index += 2) note(seen, raw[index] ?? '', raw[index + 1] ?? '')
  return seen
}

function note(seen: Seen, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'host':
      seen.host ??= value
      seen.hosts++
      break
    case 'content-length':
      seen.length = joined(seen.length, value)
      break
    case 'transfer-encoding':
      seen.coding = joined(seen.coding, value)
      break
    case 'connection':
      seen.connection = joined(seen.connection, value.toLowerCase())
      break
    case 'x-forwarded-for':
      seen.forwardedFor = joined(seen.forwardedFor, value)
      break
    case 'x-forwarded-proto':
      seen.forwardedProto = true
      break
    case 'x-forwarded-host':
      seen.forwardedHost = true
      break
    case 'via':
      seen.via = joined(seen.via, value)
      break
    default:
  }
}

function joined(before: string | undefined, value: string): string {
  return before === undefined || before === '' ? value : `${before}, ${value}`
}

/** The path to ask for, and the host where the target names one; a host in the target counts more than `Host`. */
function targetOf({url, method}: Asked): {path: string; host?: string} | undefined {
  // A fragment is never sent (RFC 9112, 3.2); where it ends the path, servers disagree.
  if (url.includes('#')) return undefined
  if (url.startsWith('/')) return {path: url}
  if (url === '*') return method === 'OPTIONS' ? {path: url} : undefined
  const match = /^https?:\/\/([^/?@]+)((?:[/?].*)?)$/i.exec(url)
  const [host, rest] = [match?.[1], match?.[2]]
  if (host === undefined || rest === undefined) return undefined
  return {path: rest.startsWith('/') ? rest : `/${rest}`, host}
}

/** What every request gets anew, so that what the client sent of it is left out. */
const REWRITTEN = new Set(['host', 'x-forwarded-for', 'via'])

function fields(asked: Asked, seen: Seen, host: string | undefined, upgrade: string | undefined): string {
  const listed = listedByConnection(seen.connection)
  let text = `Host: ${host ?? ''}\r\n`
  for (let index = 0; index < asked.rawHeaders.length; index += 2) {
    const name = asked.rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    if (isHopByHop(lower) || REWRITTEN.has(lower) || listed?.has(lower)) continue
    text += `${name}: ${asked.rawHeaders[index + 1] ?? ''}\r\n`
  }
  if (seen.coding !== undefined) text += 'Transfer-Encoding: chunked\r\n'
  if (upgrade !== undefined) text += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`
  return text + added(asked, seen, host)
}

/** Who asked, for whom, by which way. */
function added({remoteAddress, httpVersion}: Asked, seen: Seen, host: string | undefined): string {
  let text = `X-Forwarded-For: ${joined(seen.forwardedFor, remoteAddress)}\r\n`
  if (!seen.forwardedProto) text += 'X-Forwarded-Proto: http\r\n'
  if (!seen.forwardedHost && host !== undefined) text += `X-Forwarded-Host: ${host}\r\n`
  return `${text}Via: ${joined(seen.via, `${httpVersion} sluice`)}\r\n`
}
