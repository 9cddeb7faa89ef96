import {bug} from '../../base/bug.ts'
import type {Instant} from '../../base/units.ts'
import {NEWLINE} from './bytes.ts'
import {KERNEL} from './kernel.ts'

/** Counts usual lines much faster than they could be read one by one; see `assembly/haproxy.ts`. */
export interface UsualLines {
  /** First and last instant, and that of the latest line; the plain reader keeps the same cells up to date. */
  readonly times: Float64Array
  /** Counts the whole lines between two places; the byte in front of `end` is a newline. */
  count(bytes: Uint8Array, start: number, end: number): void
}

/** What the plain reader does for the lines of which this knows nothing. */
export interface PlainReader {
  /** Reads and counts one line, and says what it meant; undefined if it is no request. */
  line(start: number, end: number): Meaning | undefined
  /** Takes calls that are counted already. */
  add(meaning: Meaning, calls: Calls): void
  /** Lines that nobody else has counted. */
  read(lines: number): void
}

/** What all lines with the same deciding bytes have in common. */
export interface Meaning {
  readonly version: number
  readonly client: number
  /** The address tells the client, so lines from others mean something else. */
  readonly byAddress: boolean
}

export interface Calls {
  readonly calls: number
  readonly errors: number
  readonly first: Instant
  readonly last: Instant
}

export interface UsualOptions {
  /** How many segments of a path decide. */
  readonly depth: number
  readonly usesQuery: boolean
}

/** Undefined on a processor that cannot. */
export function usualLines({depth, usesQuery}: UsualOptions, plain: PlainReader): UsualLines | undefined {
  const kernel = kernelOf()
  if (!kernel) return undefined
  const {memory, TIMES, TOUCHED, GROUPS, INPUT, ROOM} = kernel
  const {DONE, OTHER_HOUR, NEW, FULL} = valuesOf(kernel, ['DONE', 'OTHER_HOUR', 'NEW', 'FULL'])
  const {STRIDE, BY_ADDRESS, CALLS, ERRORS, FIRST, LAST} = valuesOf(kernel, CELLS)
  const input = new Uint8Array(memory.buffer, INPUT.value, ROOM.value)
  const touched = new Int32Array(memory.buffer, TOUCHED.value, kernel.CAPACITY.value)
  const cells = new DataView(memory.buffer, GROUPS.value, kernel.CAPACITY.value * STRIDE)
  const times = new Float64Array(memory.buffer, TIMES.value, 3)
  const meanings: (Meaning | undefined)[] = []
  kernel.depth.value = depth
  kernel.usesQuery.value = usesQuery ? 1 : 0

  function handOver(): void {
    for (let i = 0; i < kernel!.touched.value; i++) {
      const group = touched[i]!
      const at = group * STRIDE
      plain.add(meanings[group] ?? bug('a usual line that is no request'), {
        calls: cells.getInt32(at + CALLS, true),
        errors: cells.getInt32(at + ERRORS, true),
        first: cells.getFloat64(at + FIRST, true),
        last: cells.getFloat64(at + LAST, true),
      })
      cells.setInt32(at + CALLS, 0, true)
      cells.setInt32(at + ERRORS, 0, true)
    }
    kernel!.touched.value = 0
  }

  function handPiece(start: number, end: number): void {
    const base = start - INPUT.value
    for (let at = INPUT.value; ; at = kernel!.next.value) {
      const what = kernel!.scan(at, end - base)
      if (what === DONE) return
      // Counts of one hour do not wait for those of another.
      if (what === OTHER_HOUR || what === FULL) handOver()
      const meaning = plain.line(kernel!.lineStart.value + base, kernel!.lineEnd.value + base)
      if (what === FULL) kernel!.forget()
      if (what === OTHER_HOUR && meaning) kernel!.setHour(times[LATEST]!)
      if (what === NEW) learn(kernel!.found.value, meaning)
    }
  }

  function learn(group: number, meaning: Meaning | undefined): void {
    meanings[group] = meaning
    if (meaning?.byAddress) cells.setInt32(group * STRIDE + BY_ADDRESS, 1, true)
  }

  return {
    times,
    count(bytes, start, end) {
      let at = start
      while (at < end) {
        const most = Math.min(end, at + input.length)
        const pieceEnd = bytes.lastIndexOf(NEWLINE, most - 1) + 1
        if (pieceEnd <= at) {
          const lineEnd = bytes.indexOf(NEWLINE, at)
          plain.line(at, lineEnd)
          at = lineEnd + 1
          continue
        }
        input.set(bytes.subarray(at, pieceEnd))
        handPiece(at, pieceEnd)
        at = pieceEnd
      }
      handOver()
      plain.read(kernel.read.value)
      kernel.read.value = 0
    },
  }
}

/** The place of the latest instant among {@link UsualLines.times}. */
export const LATEST = 2

interface Cell {
  value: number
}

const CELLS = ['STRIDE', 'BY_ADDRESS', 'CALLS', 'ERRORS', 'FIRST', 'LAST'] as const
const PLACES = ['TIMES', 'TOUCHED', 'GROUPS', 'INPUT', 'ROOM', 'CAPACITY'] as const
const REASONS = ['DONE', 'OTHER_HOUR', 'NEW', 'FULL'] as const
const VARIABLES = ['depth', 'usesQuery', 'lineStart', 'lineEnd', 'next', 'found', 'read', 'touched'] as const

type Kernel = Readonly<Record<(typeof CELLS | typeof PLACES | typeof REASONS | typeof VARIABLES)[number], Cell>> & {
  readonly memory: {readonly buffer: ArrayBuffer}
  scan(start: number, end: number): number
  setHour(instant: Instant): void
  forget(): void
}

/** TypeScript knows WebAssembly only together with all that browsers have. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean
  Module: new (code: Uint8Array) => object
  Instance: new (module: object) => {readonly exports: unknown}
}

let compiled: object | undefined

function compile(): object | undefined {
  const code = Uint8Array.from(atob(KERNEL), char => char.charCodeAt(0))
  return WebAssembly.validate(code) ? new WebAssembly.Module(code) : undefined
}

function kernelOf(): Kernel | undefined {
  compiled ??= compile()
  return compiled && (new WebAssembly.Instance(compiled).exports as Kernel)
}

function valuesOf<Name extends string>(
  cells: Readonly<Record<Name, Cell>>,
  names: readonly Name[],
): Record<Name, number> {
  return Object.fromEntries(names.map(name => [name, cells[name].value])) as Record<Name, number>
}
