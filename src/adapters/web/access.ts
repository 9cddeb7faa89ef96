import {createHash, timingSafeEqual} from 'node:crypto'
import type {IncomingMessage} from 'node:http'
import {BlockList, isIP} from 'node:net'

/** What may be asked of a rollout through the page. */
export const DEEDS = ['approve', 'pause', 'resume', 'abort'] as const

export type Deed = (typeof DEEDS)[number]

/** Who is let in, and what they may do. */
export interface Access {
  /** A secret, whose holder is the one who started the page; or a proxy that says who somebody is. */
  readonly by:
    | {readonly is: 'token'; readonly token: string; readonly user: string}
    | {readonly is: 'proxy'; readonly header: string; readonly trusted: readonly string[]}
  /** By name; `*` is anybody who is let in. Nobody where it is empty. */
  readonly may: ReadonlyMap<string, ReadonlySet<Deed>>
}

/** Somebody who is let in. */
export interface Visitor {
  readonly name: string
  readonly may: ReadonlySet<Deed>
}

const COOKIE = 'sluice'

/** Who asks; undefined for whom there is nothing to see. */
export function visitorOf({by, may}: Access, request: IncomingMessage): Visitor | undefined {
  const name = by.is === 'token' ? ofToken(by, request) : ofProxy(by, request)
  if (name === undefined) return undefined
  return {name, may: new Set([...(may.get(name) ?? []), ...(may.get('*') ?? [])])}
}

/** The cookie that stands for the token from the first visit on, so that it stays out of histories and referrers. */
export function cookieFor(token: string): string {
  return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`
}

/** Whether this is the token, in a time that tells nothing about it. */
export function isToken(token: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(token), digest(given))
}

function ofToken({token, user}: {readonly token: string; readonly user: string}, request: IncomingMessage) {
  const cookies = (request.headers.cookie ?? '').split(';').map(cookie => cookie.trim())
  const given = cookies.find(cookie => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
  return isToken(token, given) ? user : undefined
}

/** A header that anybody could send counts only where it comes from whoever is trusted to set it. */
function ofProxy(
  {header, trusted}: {readonly header: string; readonly trusted: readonly string[]},
  request: IncomingMessage,
): string | undefined {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const named = request.headers[header.toLowerCase()]
  return isTrusted(trusted, address) && typeof named === 'string' && named !== '' ? named : undefined
}

/** How many bits an address of each family has. */
const BITS: ReadonlyMap<number, number> = new Map([
  [4, 32],
  [6, 128],
])

/** Whether this is an address, or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [net = '', prefix, ...more] = text.split('/')
  const bits = BITS.get(isIP(net))
  if (bits === undefined || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

function isTrusted(trusted: readonly string[], address: string): boolean {
  const list = new BlockList()
  for (const one of trusted) {
    const [net = '', prefix] = one.split('/')
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(net, family)
    else list.addSubnet(net, Number(prefix), family)
  }
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
