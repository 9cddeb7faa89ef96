import {once} from 'node:events'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Result} from '../../core/base/result.ts'
import {type Access, cookieFor, DEEDS, type Deed, isToken, type Visitor, visitorOf} from './access.ts'
import type {Channel} from './channel.ts'
import {stream} from './stream.ts'

/** What there is to see and to do. */
export interface Site {
  /** The page, for somebody who may do these things. */
  readonly page: (visitor: Visitor) => Promise<string>
  /** What goes on, as texts of JSON. */
  readonly live: Channel
  readonly act: (visitor: Visitor, asked: Asked) => Promise<Result<string>>
}

/** What somebody asks through the page. */
export interface Asked {
  readonly deed: Deed
  readonly step?: string
  readonly reason: string
}

/** A page that is being served. */
export interface Served {
  readonly host: string
  readonly port: number
  readonly end: () => Promise<void>
}

const MOST_BYTES = 10_000

/** Serves one page, the stream behind it, and what may be asked through it. Everything else is not there. */
export async function serve(site: Site, access: Access, host: string, port: number): Promise<Served> {
  const server = createServer((request, response) => {
    handle(site, access, server, request, response).catch(() => answer(response, 500, 'something went wrong'))
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    host,
    port: portOf(server),
    async end() {
      site.live.end()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function handle(
  site: Site,
  access: Access,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page')
  // A name of somebody else's that leads here would have the page answer to theirs.
  if (access.by.is === 'token' && !isOwnHost(request.headers.host, portOf(server)))
    return answer(response, 421, 'ask by address')
  const offered = url.searchParams.get('token')
  if (access.by.is === 'token' && offered !== null) return enter(access.by.token, offered, response)
  const visitor = visitorOf(access, request)
  if (!visitor) return answer(response, 401, 'open the address that sluice view printed')
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return answer(response, 200, await site.page(visitor), 'text/html; charset=utf-8')
    case 'GET /events':
      response.writeHead(200, {...COMMON, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no'})
      return stream(site.live, request, response)
    case 'POST /act':
      return act(site, visitor, request, response)
    default:
      return answer(response, 404, 'there is nothing here')
  }
}

function enter(token: string, offered: string, response: ServerResponse): void {
  if (!isToken(token, offered)) return answer(response, 401, 'this token is not the right one')
  response.setHeader('set-cookie', cookieFor(token))
  response.setHeader('location', './')
  return answer(response, 303, '')
}

async function act(site: Site, visitor: Visitor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // No other site can send this type without being asked about, and the browser says where a request comes from.
  if (request.headers['content-type'] !== 'application/json' || !isSameOrigin(request))
    return answer(response, 403, 'only the page itself may ask')
  const asked = askedBy(await bodyOf(request))
  if (!asked) return answer(response, 400, 'ask as the page does')
  if (!visitor.may.has(asked.deed)) return answer(response, 403, `${visitor.name} may not ${asked.deed} here`)
  const done = await site.act(visitor, asked)
  return done.ok ? answer(response, 200, done.value) : answer(response, 409, done.failure.message)
}

function isSameOrigin({headers}: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin === undefined || hostOf(headers.origin) === headers.host
}

/** A page without an origin of its own says `null`. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}` || host === `[::1]:${port}`
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > MOST_BYTES) return ''
  }
  return text
}

function askedBy(body: string): Asked | undefined {
  try {
    const {deed, step, reason} = JSON.parse(body) as Partial<Record<keyof Asked, unknown>>
    const known = DEEDS.find(one => one === deed)
    if (known === undefined || typeof reason !== 'string') return undefined
    return {deed: known, reason, ...(typeof step === 'string' && {step})}
  } catch {
    return undefined
  }
}

const COMMON = {'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer'}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, {...COMMON, 'content-type': type, 'x-frame-options': 'DENY'})
  response.end(text)
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
