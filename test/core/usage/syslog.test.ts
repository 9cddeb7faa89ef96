import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {framer, lineOf, MAX_FRAME} from '../../../src/core/usage/scan/syslog.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (from: Uint8Array) => new TextDecoder().decode(from)

function framed(pieces: readonly Uint8Array[]) {
  const messages: string[] = []
  const frames = framer(message => messages.push(text(message)))
  const understood = pieces.every(piece => frames.push(piece))
  return {messages, understood, pending: frames.pending()}
}

describe('a stream of syslog', () => {
  it('is parted by octet count or by lines, whichever way each message begins, and wherever the stream is cut', () => {
    const message = fc.tuple(fc.boolean(), fc.stringMatching(/^<1[34]>[ -~é]{0,40}$/))
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(400)), (messages, cuts) => {
        const stream = bytes(
          messages.map(([counted, body]) => (counted ? `${bytes(body).length} ${body}` : `${body}\n`)).join(''),
        )
        const places = [0, ...cuts.map(cut => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length]
        const pieces = places.slice(1).map((end, i) => stream.slice(places[i], end))
        expect(framed(pieces)).toEqual({messages: messages.map(([, body]) => body), understood: true, pending: 0})
      }),
    )
  })

  it('takes an address at the beginning of a line for no count', () => {
    expect(framed([bytes('10.0.1.2:33317 [x]\n')]).messages).toEqual(['10.0.1.2:33317 [x]'])
  })

  it('keeps what is not whole, and gives up on what has no end', () => {
    expect(framed([bytes('<134>half')])).toEqual({messages: [], understood: true, pending: 9})
    expect(framed([bytes('12')]).pending).toBe(2)
    expect(framed([bytes(`${MAX_FRAME + 1} x`)]).understood).toBe(false)
    expect(framed([new Uint8Array(MAX_FRAME + 2).fill(65)]).understood).toBe(false)
  })
})

describe('a message of syslog', () => {
  it.each([
    ['<134>Nov  6 12:14:14 haproxy[77]: 10.0.1.2:3 [x] a: b', '10.0.1.2:3 [x] a: b'],
    ['<190>Nov 26 15:00:00 host nginx: {"time": 1}', '{"time": 1}'],
    ['<134>1 2026-02-06T12:14:14.655+00:00 lb haproxy 9 - - 10.0.1.2:3 [x]', '10.0.1.2:3 [x]'],
    ['<134>1 2026-02-06T12:14:14Z lb app - id [a b="c\\]d"][e] said', 'said'],
    ['<134>10.0.1.2:3 [x]', '10.0.1.2:3 [x]'],
    ['10.0.1.2:3 [x]', '10.0.1.2:3 [x]'],
    ['<134>two\nlines', 'two lines'],
    ['', ''],
  ])('%j is the line %j', (message, line) => {
    expect(text(lineOf(bytes(message)))).toBe(`${line}\n`)
  })
})
