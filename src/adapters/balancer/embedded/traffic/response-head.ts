import {isHopByHop, listedByConnection} from './hop-by-hop.ts'

/** How the end of a body is found. */
export type Framing =
  | {readonly is: 'none'}
  | {readonly is: 'length'; readonly bytes: number}
  | {readonly is: 'chunked'}
  /** Everything until the server closes. */
  | {readonly is: 'close'}

export interface ResponseHead {
  readonly status: number
  readonly reason: string
  /** Names and values in turn, without those that are for one connection only. */
  readonly headers: readonly string[]
  readonly framing: Framing
  /** The server will take another request on this connection. */
  readonly keepAlive: boolean
  /** For how long it says it waits for one. */
  readonly keepAliveSeconds?: number
  /** The protocol that a 101 changes to. */
  readonly upgrade?: string
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: (.*))?$/
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** What may stand in a head at all: no control characters, and line ends only in pairs, which splitting has taken out. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Reads the head of an answer, without the empty line at its end. Strict: what could be understood in two ways is
 * refused, for the next answer on the connection would be somebody else's.
 * @returns the head, or what is wrong with it
 */
export function parseHead(text: string, method: string): ResponseHead | string {
  const lines = text.split('\r\n')
  const status = STATUS_LINE.exec(lines[0] ?? '')
  if (!status || FORBIDDEN.test(lines[0] ?? '')) return 'no status line'
  const fields = parseFields(lines, 1)
  if (typeof fields === 'string') return fields
  const code = Number(status[2])
  const framing = framingOf(fields, code, method, status[1] === '1')
  if (typeof framing === 'string') return framing
  return {
    status: code,
    reason: status[3] ?? '',
    headers: endToEnd(fields, code),
    framing,
    keepAlive: framing.is !== 'close' && staysOpen(fields.connection, status[1] === '1'),
    ...hints(fields),
  }
}

/** The fields of a head or of trailers, with what decides on framing picked out. */
export interface Fields {
  readonly raw: readonly string[]
  readonly lengths: readonly string[]
  readonly codings: readonly string[]
  readonly connection: string
  readonly keepAlive: string
  readonly upgrade: string
}

/** Reads lines from `from` on as `Name: value`. */
export function parseFields(lines: readonly string[], from: number): Fields | string {
  const raw: string[] = []
  const fields = {raw, lengths: [] as string[], codings: [] as string[], connection: '', keepAlive: '', upgrade: ''}
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (colon < 1 || !TOKEN.test(name)) return 'a header line without a proper name'
    if (FORBIDDEN.test(line)) return 'a forbidden character in a header'
    const value = line.slice(colon + 1).trim()
    raw.push(name, value)
    note(fields, name.toLowerCase(), value)
  }
  return fields
}

type Noted = {lengths: string[]; codings: string[]; connection: string; keepAlive: string; upgrade: string}

function note(fields: Noted, name: string, value: string): void {
  if (name === 'content-length') fields.lengths.push(value)
  else if (name === 'transfer-encoding') fields.codings.push(value.toLowerCase())
  else if (name === 'connection') fields.connection += `${fields.connection === '' ? '' : ','}${value.toLowerCase()}`
  else if (name === 'keep-alive') fields.keepAlive = value
  else if (name === 'upgrade') fields.upgrade = value
}

function framingOf(fields: Fields, status: number, method: string, modern: boolean): Framing | string {
  const {lengths, codings} = fields
  if (codings.length > 0 && lengths.length > 0) return 'both Content-Length and Transfer-Encoding'
  if (codings.length > 0 && !modern) return 'Transfer-Encoding in HTTP/1.0'
  if (codings.length > 1 || (codings[0] !== undefined && codings[0] !== 'chunked'))
    return `Transfer-Encoding ${codings.join(', ')}`
  if (lengths.length > 1 || !/^\d{1,15}$/.test(lengths[0] ?? '0')) return `Content-Length ${lengths.join(', ')}`
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return {is: 'none'}
  if (codings.length > 0) return {is: 'chunked'}
  return lengths[0] === undefined ? {is: 'close'} : {is: 'length', bytes: Number(lengths[0])}
}

function endToEnd(fields: Fields, status: number): readonly string[] {
  const listed = listedByConnection(fields.connection)
  const kept: string[] = []
  for (let index = 0; index < fields.raw.length; index += 2) {
    const name = fields.raw[index] ?? ''
    const lower = name.toLowerCase()
    if (isHopByHop(lower) || listed?.has(lower)) continue
    // A 204 has no body, and a length beside it only confuses.
    if (status === 204 && lower === 'content-length') continue
    kept.push(name, fields.raw[index + 1] ?? '')
  }
  return kept
}

function staysOpen(connection: string, modern: boolean): boolean {
  if (connection === '' || connection === 'keep-alive') return modern || connection !== ''
  const options = connection.split(',').map(option => option.trim())
  return !options.includes('close') && (modern || options.includes('keep-alive'))
}

function hints(fields: Fields): Pick<ResponseHead, 'keepAliveSeconds' | 'upgrade'> {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(fields.keepAlive)?.[1]
  return {
    ...(seconds === undefined ? {} : {keepAliveSeconds: Number(seconds)}),
    ...(fields.upgrade === '' ? {} : {upgrade: fields.upgrade}),
  }
}
