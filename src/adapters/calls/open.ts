import {createReadStream} from 'node:fs'
import {open} from 'node:fs/promises'
import type {Readable} from 'node:stream'
import * as zlib from 'node:zlib'
import {failure, type Failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {codeOf} from '../files.ts'

/** A log to read once from its beginning, whatever it is packed in. */
export interface OpenLog {
  readonly kind: 'plain' | 'gzip' | 'zstd' | 'stdin'
  /** Everything from the byte `offset` of what is inside, in pieces that are valid until the next one is asked for. */
  bytes(offset: number): AsyncIterable<Buffer>
}

const CHUNK = 1 << 20

/** Opens a log by path; `-` is standard input. What it is packed in is told by its first bytes, not by its name. */
export async function openLog(path: string): Promise<Result<OpenLog>> {
  if (path === '-') return ok({kind: 'stdin', bytes: offset => skipping(process.stdin, offset)})
  try {
    const kind = await kindOf(path)
    return ok({kind, bytes: offset => reading(path, kind, offset)})
  } catch (error) {
    return fail(unreadable(path, error))
  }
}

/** The failure of a log that cannot be read, from whatever was thrown. */
export function unreadable(path: string, error: unknown): Failure {
  const code = codeOf(error)
  if (code === 'ENOENT') return failure('not-found', {message: `there is no log ${path}`, hint: 'check the path'})
  if (code === 'EISDIR') return failure('not-found', {message: `${path} is a folder`, hint: 'name the logs in it'})
  if (code === 'EACCES') return failure('not-found', {message: `${path} may not be read`, hint: 'check who owns it'})
  const why = error instanceof Error ? error.message : String(error)
  return failure('not-found', {
    message: `${path} cannot be read to its end: ${why}`,
    hint: 'what stood before was counted',
  })
}

async function kindOf(path: string): Promise<'plain' | 'gzip' | 'zstd'> {
  const file = await open(path)
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (bytesRead >= 2 && buffer.readUInt16BE(0) === 0x1f8b) return 'gzip'
    return bytesRead === 4 && buffer.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'plain'
  } finally {
    await file.close()
  }
}

function reading(path: string, kind: 'plain' | 'gzip' | 'zstd', offset: number): AsyncIterable<Buffer> {
  if (kind === 'plain') return plainly(path, offset)
  const packed = createReadStream(path, {highWaterMark: CHUNK})
  const plain = kind === 'gzip' ? through(packed, zlib.createGunzip({chunkSize: CHUNK})) : unzstd(packed)
  return skipping(plain, offset)
}

/** One buffer for all: a new one for every piece would take a tenth of the time. */
async function* plainly(path: string, offset: number): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK)
    for (let at = offset; ; ) {
      const {bytesRead} = await file.read(buffer, 0, CHUNK, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** An error of the file is one of what comes out of it. */
function through<T extends Readable>(from: Readable, into: T & NodeJS.WritableStream): T {
  from.on('error', error => into.destroy(error))
  return from.pipe(into)
}

/** Node can from 22.15 on; before that a library can. */
function unzstd(packed: Readable): AsyncIterable<Buffer> {
  const own = (zlib as {createZstdDecompress?: () => Readable & NodeJS.WritableStream}).createZstdDecompress
  return own ? through(packed, own()) : byLibrary(packed)
}

async function* byLibrary(packed: Readable): AsyncGenerator<Buffer> {
  const {Decompress} = await import('fzstd')
  let out: Buffer[] = []
  const decompress = new Decompress(chunk => void out.push(Buffer.from(chunk)))
  for await (const chunk of packed) {
    decompress.push(chunk as Buffer)
    yield* out
    out = []
  }
  decompress.push(new Uint8Array(0), true)
  yield* out
}

async function* skipping(from: AsyncIterable<Buffer>, offset: number): AsyncGenerator<Buffer> {
  let left = offset
  for await (const chunk of from) {
    const skipped = Math.min(left, chunk.length)
    left -= skipped
    if (skipped < chunk.length) yield skipped === 0 ? chunk : chunk.subarray(skipped)
  }
}
