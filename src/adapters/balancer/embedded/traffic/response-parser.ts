import {unreachable} from '../../../../core/base/bug.ts'
import {type Framing, parseFields, parseHead, type ResponseHead} from './response-head.ts'

/** Who is told of an answer as it comes in. */
export interface AnswerListener {
  /** The final head. */
  onHead(head: ResponseHead): void
  /** A 1xx before it. */
  onInterim(head: ResponseHead): void
  /** @param last nothing but the end follows, and follows at once */
  onData(chunk: Buffer, last: boolean): void
  /** @param trailers names and values in turn */
  onEnd(trailers: readonly string[]): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')
const NOTHING = Buffer.alloc(0)
/** Of a head, or of trailers. */
const MAX_HEAD_BYTES = 65_536
const MAX_SIZE_LINE_BYTES = 1024
const CHUNK_SIZE = /^([0-9a-f]{1,13})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i

/**
 * ```
 *   idle -> head -> length ------------------> idle
 *             |---> size -> chunk -> chunk-end -> size -> trailers -> idle
 *             |---> close (until the server closes)
 *             '---> tunnel (after 101: no longer ours)
 * ```
 */
type Place = 'idle' | 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailers' | 'close' | 'tunnel'

/**
 * Reads the answers on one connection to a server, one after another, from pieces of any size. Anything that is not
 * plainly HTTP/1.1 is complained of and ends the connection: bytes nobody asked for would be the next client's answer.
 */
export class ResponseParser {
  #place: Place = 'idle'
  #method = ''
  #listener: AnswerListener | undefined
  #left = 0
  /** A line or a head of which the end has not come yet. */
  #partial: Buffer = NOTHING
  #head: ResponseHead | undefined

  /** Of the answer that is being read, or was read last. */
  get head(): ResponseHead | undefined {
    return this.#head
  }

  /** The answer has been read to its end, or none is awaited. */
  get idle(): boolean {
    return this.#place === 'idle'
  }

  /** Some of the awaited answer has come. */
  get begun(): boolean {
    return this.#place !== 'idle' && (this.#place !== 'head' || this.#partial.length > 0)
  }

  /** The next bytes are the answer to a request with this method. */
  expect(method: string, listener: AnswerListener): void {
    this.#method = method
    this.#listener = listener
    this.#place = 'head'
  }

  /** Tells nobody anything from now on; called when the connection has ended, which may be in the middle of a piece. */
  abandon(): void {
    this.#listener = undefined
    this.#place = 'idle'
  }

  /** @returns what is wrong with these bytes; undefined while all is well */
  push(chunk: Buffer): string | undefined {
    let rest: Buffer = chunk
    while (rest.length > 0) {
      const next = this.#step(rest)
      if (typeof next === 'string') return next
      rest = next
    }
    return undefined
  }

  /** The server has closed. @returns what is wrong with that; undefined where the answer ends so */
  finish(): string | undefined {
    if (this.#place === 'close') this.#end([])
    return this.#place === 'idle' ? undefined : 'the server closed in the middle of its answer'
  }

  /** Takes one bite. @returns what is left of the bytes, or a complaint */
  #step(bytes: Buffer): Buffer | string {
    const place = this.#place
    switch (place) {
      case 'idle':
        return 'bytes that nobody asked for'
      case 'head':
        return this.#readHead(bytes)
      case 'length':
      case 'chunk':
        return this.#readCounted(bytes)
      case 'size':
        return this.#readSize(bytes)
      case 'chunk-end':
        return this.#readLine(bytes, 2, line => (line === '' ? this.#go('size') : 'a chunk longer than it said'))
      case 'trailers':
        return this.#readTrailers(bytes)
      case 'close':
      case 'tunnel':
        this.#listener?.onData(bytes, false)
        return NOTHING
      default:
        return unreachable(place)
    }
  }

  #readHead(bytes: Buffer): Buffer | string {
    const all = this.#joined(bytes)
    const end = all.indexOf(HEAD_END)
    if (end < 0) return this.#wait(all, MAX_HEAD_BYTES)
    if (end > MAX_HEAD_BYTES) return 'a head that is too long'
    const head = parseHead(all.toString('latin1', 0, end), this.#method)
    if (typeof head === 'string') return head
    this.#partial = NOTHING
    this.#begin(head)
    return all.subarray(end + HEAD_END.length)
  }

  #begin(head: ResponseHead): void {
    if (head.status < 200 && head.status !== 101) {
      this.#listener?.onInterim(head)
      return
    }
    this.#head = head
    this.#place = head.status === 101 ? 'tunnel' : this.#bodyPlace(head.framing)
    this.#listener?.onHead(head)
    if (this.#place === 'idle') this.#end([])
  }

  #bodyPlace(framing: Framing): Place {
    if (framing.is === 'chunked') return 'size'
    if (framing.is === 'close') return 'close'
    this.#left = framing.is === 'length' ? framing.bytes : 0
    return this.#left > 0 ? 'length' : 'idle'
  }

  #readCounted(bytes: Buffer): Buffer {
    const taken = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes
    const rest = taken === bytes ? NOTHING : bytes.subarray(this.#left)
    this.#left -= taken.length
    const whole = this.#left === 0
    const last = whole && this.#place === 'length'
    if (whole) this.#place = last ? 'idle' : 'chunk-end'
    this.#listener?.onData(taken, last)
    if (last) this.#end([])
    return rest
  }

  #readSize(bytes: Buffer): Buffer | string {
    return this.#readLine(bytes, MAX_SIZE_LINE_BYTES, line => {
      const size = CHUNK_SIZE.exec(line)?.[1]
      if (size === undefined) return 'a chunk without a proper size'
      this.#left = Number.parseInt(size, 16)
      return this.#go(this.#left === 0 ? 'trailers' : 'chunk')
    })
  }

  #readTrailers(bytes: Buffer): Buffer | string {
    const all = this.#joined(bytes)
    if (all.length >= 2 && all.indexOf(LINE_END) === 0) {
      this.#partial = NOTHING
      this.#end([])
      return all.subarray(LINE_END.length)
    }
    const end = all.indexOf(HEAD_END)
    if (end < 0) return this.#wait(all, MAX_HEAD_BYTES)
    const fields = parseFields(all.toString('latin1', 0, end).split('\r\n'), 0)
    if (typeof fields === 'string') return fields
    this.#partial = NOTHING
    this.#end(fields.raw)
    return all.subarray(end + HEAD_END.length)
  }

  #readLine(bytes: Buffer, limit: number, take: (line: string) => string | undefined): Buffer | string {
    const all = this.#joined(bytes)
    const end = all.indexOf(LINE_END)
    if (end < 0) return this.#wait(all, limit)
    if (end > limit) return 'a line that is too long'
    this.#partial = NOTHING
    return take(all.toString('latin1', 0, end)) ?? all.subarray(end + LINE_END.length)
  }

  #go(place: Place): undefined {
    this.#place = place
  }

  #joined(bytes: Buffer): Buffer {
    return this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes])
  }

  /** Keeps what is not whole yet. */
  #wait(all: Buffer, limit: number): Buffer | string {
    if (all.length > limit) return 'a line or head that is too long'
    this.#partial = all
    return NOTHING
  }

  #end(trailers: readonly string[]): void {
    const listener = this.#listener
    this.#place = 'idle'
    this.#listener = undefined
    listener?.onEnd(trailers)
  }
}
