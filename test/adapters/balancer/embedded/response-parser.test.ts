import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {ResponseParser} from '../../../../src/adapters/balancer/embedded/traffic/response-parser.ts'

/** What came of some bytes, as the parser told it; data that follows data is one. */
function read(method: string, pieces: readonly Buffer[], isClosed = false): readonly string[] {
  const told: string[] = []
  const parser = new ResponseParser()
  parser.expect(method, {
    onHead: ({status, headers}) => void told.push(`head ${status} ${headers.join('|')}`),
    onInterim: ({status}) => void told.push(`interim ${status}`),
    onData(bytes) {
      const text = bytes.toString('latin1')
      const last = told.at(-1)
      if (last?.startsWith('data ')) told[told.length - 1] = last + text
      else told.push(`data ${text}`)
    },
    onEnd: trailers => void told.push(`end ${trailers.join('|')}`),
  })
  for (const piece of pieces) {
    const complaint = parser.push(piece)
    if (complaint !== undefined) return [...told, `complaint ${complaint}`]
  }
  const complaint = isClosed ? parser.finish() : undefined
  return complaint === undefined ? told : [...told, `complaint ${complaint}`]
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

const ANSWERS: readonly (readonly [name: string, text: string, told: readonly string[]])[] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello',
    ['head 200 A|b|Content-Length|5', 'data hello', 'end '],
  ],
  ['nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ['head 200 Content-Length|0', 'end ']],
  ['no reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', ['head 200 Content-Length|0', 'end ']],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n',
    ['head 200 ', 'data hello0123456789', 'end '],
  ],
  [
    'trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: 1\r\nY: 2\r\n\r\n',
    ['head 200 ', 'data a', 'end X|1|Y|2'],
  ],
  [
    'interim answers',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    ['interim 100', 'interim 103', 'head 204 ', 'end '],
  ],
]

describe('an answer', () => {
  it.each(ANSWERS)('is read whole: %s', (_name, text, told) => {
    expect(read('GET', [bytes(text)])).toEqual(told)
  })

  it.each(ANSWERS)('is read the same from pieces of any size: %s', (_name, text, told) => {
    expect(read('GET', [...text].map(bytes))).toEqual(told)
    const cuts = fc.array(fc.integer({min: 0, max: text.length}), {maxLength: 8})
    fc.assert(
      fc.property(cuts, cuts => {
        expect(read('GET', pieces(text, cuts))).toEqual(told)
      }),
    )
  })

  it('to HEAD has no body, whatever its head says', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
    expect(read('HEAD', [bytes(text)])).toEqual(['head 200 Content-Length|5', 'end '])
    expect(read('HEAD', [bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')])).toEqual([
      'head 200 ',
      'end ',
    ])
  })

  it('without a length ends with the connection, and only such a one', () => {
    expect(read('GET', [bytes('HTTP/1.1 200 OK\r\n\r\nhel'), bytes('lo')], true)).toEqual([
      'head 200 ',
      'data hello',
      'end ',
    ])
    for (const cut of [
      '',
      'HTT',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n',
    ]) {
      expect(read('GET', [bytes(cut)], true).at(-1)).toBe('complaint the server closed in the middle of its answer')
    }
  })

  it('is followed by nothing', () => {
    expect(read('GET', [bytes('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n')])).toEqual([
      'head 204 ',
      'end ',
      'complaint bytes that nobody asked for',
    ])
  })

  it('never makes the parser throw, or say more than one end', () => {
    const likely = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '3\r\n',
      'abc',
      '0\r\n',
      ' ',
      ':',
      '\n',
    )
    const text = fc
      .array(fc.oneof({weight: 4, arbitrary: likely}, fc.string({maxLength: 4})), {maxLength: 12})
      .map(parts => parts.join(''))
    fc.assert(
      fc.property(text, text => {
        const told = read('GET', [bytes(text)], true)
        expect(told.filter(line => line.startsWith('end ')).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  const OK = 'HTTP/1.1 200 OK\r\n'
  it.each([
    ['no status line', 'HTP/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a space before a colon', `${OK}Content-Length : 5\r\n\r\nhello`],
    ['a header without a name', `${OK}: 5\r\n\r\n`],
    ['a folded header', `${OK}A: b\r\n c\r\n\r\n`],
    ['a bare line feed', `${OK}A: b\nContent-Length: 0\r\n\r\n`],
    ['a bare carriage return', `${OK}A: b\rc\r\nContent-Length: 0\r\n\r\n`],
    ['a zero byte', `${OK}A: \0\r\n\r\n`],
    ['two lengths', `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ['a length and a coding', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello`],
    ['a length with a sign', `${OK}Content-Length: +5\r\n\r\nhello`],
    ['an empty length', `${OK}Content-Length: \r\n\r\nhello`],
    ['an unknown coding', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\nhello`],
    ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk without a size', `${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`],
    ['a chunk of a negative size', `${OK}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n`],
    ['a chunk longer than it says', `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n`],
    ['a chunk size without end', `${OK}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(2000)}`],
    ['a head without end', `${OK}A: ${'b'.repeat(70_000)}`],
    ['trailers without end', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: ${'b'.repeat(70_000)}`],
  ])('is complained of: %s', (_name, text) => {
    expect(read('GET', [bytes(text)]).at(-1)).toMatch(/^complaint /)
  })
})

function pieces(text: string, cuts: readonly number[]): readonly Buffer[] {
  const ends = [...cuts, text.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes(text.slice(ends[index - 1] ?? 0, end)))
}
