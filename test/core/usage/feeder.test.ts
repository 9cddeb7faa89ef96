import {describe, expect, it} from 'vitest'
import {feeder} from '../../../src/core/usage/scan/feeder.ts'
import type {Scanner} from '../../../src/core/usage/scan/scanner.ts'

/** A scanner that keeps the lines it is given. */
function collector(): {lines: string[]; scanner: Scanner} {
  const lines: string[] = []
  const scan: Scanner['scan'] = (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString()
    const whole = text.split('\n').slice(0, -1)
    lines.push(...whole)
    return start + whole.reduce((sum, line) => sum + line.length + 1, 0)
  }
  const nothing = {lines: {read: 0, matched: 0, unparsed: 0, notices: 0}, unparsedByHour: new Map(), unplaced: 0}
  return {lines, scanner: {scan, take: () => nothing}}
}

describe('lines in pieces', () => {
  it.each([1, 2, 3, 5, 100])('are put together from pieces of %i bytes in one buffer', size => {
    const {lines, scanner} = collector()
    const feed = feeder(scanner)
    const text = Buffer.from('first\nsecond\n\nlast')
    const buffer = Buffer.alloc(size)
    for (let at = 0; at < text.length; at += size) {
      const length = text.copy(buffer, 0, at, at + size)
      feed.push(buffer.subarray(0, length))
      buffer.fill('x')
    }
    expect(feed.pending()).toBe(4)
    feed.finish()
    expect(lines).toEqual(['first', 'second', '', 'last'])
    expect(feed.pending()).toBe(0)
  })
})
