import fc from 'fast-check'
import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import type {EvidenceKind} from '../../../src/core/config/config.ts'
import type {WatchedContract} from '../../../src/core/usage/calls.ts'
import {commonFormat} from '../../../src/core/usage/scan/common.ts'
import {utcHour} from '../../../src/core/usage/scan/dated.ts'
import type {LineFormat} from '../../../src/core/usage/scan/fields.ts'
import {haproxyFormat} from '../../../src/core/usage/scan/haproxy.ts'
import {jsonFormat, TEMPLATE_KEYS} from '../../../src/core/usage/scan/json.ts'
import {scanner} from '../../../src/core/usage/scan/scanner.ts'
import {DEFAULT_LIMITS, tally} from '../../../src/core/usage/tally.ts'
import {readyWatch} from '../../../src/core/usage/watch.ts'
import {slowly, type SlowFormat} from './slow-reader.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

const CONTRACTS: readonly WatchedContract[] = [
  {name: 'accounts-api', calls: {in: 'path', pattern: '/api/v{major}/'}, backends: ['accounts']},
  {name: 'ledger-api', calls: {in: 'header', name: 'X-Version', pattern: 'v{major}'}, backends: ['ledger']},
]

const WITH_QUERY: readonly WatchedContract[] = [
  ...CONTRACTS,
  {name: 'rates-api', calls: {in: 'query', name: 'v', pattern: '{major}'}, backends: ['rates']},
]

const FORMATS: Record<SlowFormat, () => LineFormat> = {
  haproxy: () => haproxyFormat({hourStart: utcHour, captures: []}),
  common: () => commonFormat(utcHour),
  json: () => jsonFormat({keys: TEMPLATE_KEYS, headers: ['version']}),
}

/** Reads a text in pieces, as a file is read. */
function fast(
  text: string,
  format: SlowFormat,
  pieces = 1,
  limits = DEFAULT_LIMITS,
  contracts = CONTRACTS,
  order?: readonly EvidenceKind[],
) {
  const counted = tally(limits)
  const watch = readyWatch({contracts, ...(order && {order})})
  const reader = scanner({watch, format: FORMATS[format](), tally: counted, digest})
  const bytes = Buffer.from(text)
  let start = 0
  for (let piece = 1; piece <= pieces; piece++)
    start = reader.scan(bytes, start, Math.ceil((bytes.length * piece) / pieces))
  const rows: Record<string, [number, number, number, number]> = {}
  for (const {contract, major, minor, client, hour, calls, errors, first, last} of counted.drain()) {
    const key = `${contract} ${major}.${minor} ${client.kind}:${client.name} ${hour}`
    const row = rows[key] ?? [0, 0, first, last]
    rows[key] = [row[0] + calls, row[1] + errors, Math.min(row[2], first), Math.max(row[3], last)]
  }
  const taken = reader.take()
  return {rows, lines: taken.lines, taken}
}

const HAPROXY =
  'Feb  6 12:14:14 lb haproxy[9]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] web accounts/a1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0'

describe('reading a log', () => {
  it('counts a request of each format', () => {
    const rows = {'accounts-api 1.null agent:okhttp/4.9.3 491652': [1, 1, 1769948054000, 1769948054000]}
    const clf = '10.0.1.2 - - [01/Feb/2026:13:14:14 +0100] "GET /api/v1/x HTTP/1.1" 502 0 "-" "okhttp/4.9.3 x"\n'
    expect(fast(clf, 'common').rows).toEqual(rows)
    const time = '"2026-02-01T12:14:14Z"'
    const json = `{"time":${time},"target":"/api/v1/x","status":502,"agent":"okhttp/4.9.3","more":{"target":["/api/v2"]}}\n`
    expect(fast(json, 'json').rows).toEqual(rows)
    const captures = '{sluice1|||||okhttp/4.9.3 (x)|} {}'
    const at = '[01/Feb/2026:12:14:14.000]'
    const line = `10.0.1.2:33317 ${at} web~ accounts/a1 10/0/30/69/109 502 2750 - - ---- 1/1/1/1/0 0/0 ${captures} "GET /api/v1/x HTTP/1.1"\n`
    expect(fast(line, 'haproxy').rows).toEqual(rows)
  })

  it('takes the address where captures are not ours', () => {
    const text = `${HAPROXY} {billing} "GET https://shop.test/api/v2.1/x HTTP/2.0"\n`
    expect(Object.keys(fast(text, 'haproxy').rows)).toEqual(['accounts-api 2.1 address:10.0.1.2 491772'])
  })

  it('knows messages of the proxy, refused requests and broken lines apart', () => {
    const text = [
      'Feb  6 12:14:14 lb haproxy[9]: Proxy web started.',
      'Feb  6 12:14:14 lb haproxy[9]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] web/1: SSL handshake failure',
      `${HAPROXY} "<BADREQ>"`,
      HAPROXY.slice(0, 90),
      `${HAPROXY} "GET /api/v1/very-long`,
      '',
    ].join('\n')
    expect(fast(text, 'haproxy').lines).toEqual({read: 5, matched: 1, unparsed: 1, notices: 2})
  })

  it('cannot be fooled by a header that looks like a log', () => {
    const forged = '{sluice1||||a#7D #22GET /api/v9/ [06/Feb/2026:12:14:14.655]|x#7Cy|}'
    const {rows} = fast(`${HAPROXY} ${forged} "GET /api/v1/x HTTP/1.1"\n`, 'haproxy')
    expect(Object.keys(rows)).toEqual([
      'accounts-api 1.null service:a} "GET /api/v9/ [06/Feb/2026:12:14:14.655] 491772',
    ])
  })

  it('keeps counting when there are too many names, and says so', () => {
    const text = Array.from({length: 50}, (_, i) => `${HAPROXY} {sluice1||||s${i}|} "GET /api/v1/x HTTP/1.1"\n`).join(
      '',
    )
    const {rows} = fast(text, 'haproxy', 1, {...DEFAULT_LIMITS, clients: 10})
    expect(Object.keys(rows)).toHaveLength(10)
    expect(rows['accounts-api 1.null overflow:clients beyond the limit 491772']?.[0]).toBe(41)
  })

  it('takes versions beyond the limit for none', () => {
    const text = Array.from({length: 50}, (_, i) => `${HAPROXY} "GET /api/v${i}/x HTTP/1.1"\n`).join('')
    const {rows} = fast(text, 'haproxy', 1, {...DEFAULT_LIMITS, versions: 10})
    expect(rows['accounts-api null.null address:10.0.1.2 491772']?.[0]).toBe(41)
  })

  it('tells in which hour a line could not be read', () => {
    const {taken} = fast(`broken [\n${HAPROXY} "GET / HTTP/1.1"\nbroken [\n`, 'haproxy')
    expect([...taken.unparsedByHour]).toEqual([[491772, 2]])
  })
})

const word = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
const segment = fc.oneof(
  word,
  fc.constantFrom(
    'api',
    'API',
    'v1',
    'v2',
    'v01',
    'v1.4',
    'V2',
    '..',
    '.',
    '',
    '%76%31',
    '%2e%2e',
    'v1%2Fx',
    'v1;a=b',
    'api;x',
    '..;',
    'a\\b',
    '#',
    '%zz',
  ),
)
const target = fc
  .tuple(
    fc.constantFrom('/', '/api/', '/api/v1/', '/api/v2/', 'https://x.test/', 'http://x', '*', ''),
    fc.array(segment, {maxLength: 4}),
    fc.constantFrom('', '?', '?a=/api/v9/', '/?x', '?v=3', '?a=1&v=2&v=3', '?v=%33#x', '?v'),
  )
  .map(([front, segments, query]) => front + segments.join('/') + query)
const anything = fc.oneof(
  word,
  fc.constantFrom(
    '-',
    '',
    'Mozilla/5.0 (X) y',
    'okhttp/4.9.3 z',
    'CN=billing,O=acme',
    'ß☃',
    'a"b\\c',
    '{}|#',
    '\t\u0000',
  ),
)
const status = fc.constantFrom('200', '404', '500', '503')
const hour = fc.integer({min: 0, max: 2}).map(n => `1${n}`)
const seconds = fc.integer({min: 10, max: 59})

/** Every byte of a text but plain printable ones, and those that are named, in the balancer's own writing. */
function escaped(text: string, special: string, mark: string): string {
  const plain = (byte: number) => byte >= 32 && byte < 127 && !special.includes(String.fromCharCode(byte))
  const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0')
  return [...Buffer.from(text)].map(byte => (plain(byte) ? String.fromCharCode(byte) : mark + hex(byte))).join('')
}

const hash = (text: string) => escaped(text, '"#{}|', '#')
const slash = (text: string) => escaped(text, '"\\', '\\x')

const good: Record<SlowFormat, fc.Arbitrary<string>> = {
  haproxy: fc
    .record({
      h: hour,
      s: seconds,
      prefix: fc.constantFrom(
        '',
        'Feb  6 12:14:14 lb haproxy[9]: ',
        '<134>Feb  6 12:14:14 haproxy[77]: ',
        '2026-02-06T12:14:14.655123+00:00 lb haproxy[9]: ',
      ),
      backend: fc.constantFrom('accounts', 'ledger', 'web', 'web~'),
      status: fc.oneof(status, fc.constant('-1')),
      service: anything,
      agent: anything,
      version: fc.constantFrom('', 'v1', 'v3', 'x'),
      target,
      captures: fc.constantFrom('', 'ours', 'theirs', 'both'),
    })
    .map(x => {
      const ours = `{sluice1||||${hash(x.service)}|${hash(x.agent)}||${x.version}} `
      const captures = {'': '', ours, theirs: `{${hash(x.agent)}} `, both: `${ours}{${hash(x.agent)}} `}[x.captures]
      return `${x.prefix}10.0.0.${x.s}:99 [06/Feb/2026:${x.h}:${x.s}:14.655] web ${x.backend}/a1 1/0/3/6/10 ${x.status} 2 - - ---- 1/1/1/1/0 0/0 ${captures ?? ''}"GET ${hash(x.target)} HTTP/1.1"`
    }),
  common: fc
    .record({
      h: hour,
      s: seconds,
      zone: fc.constantFrom('+0000', '-0730', '+0200'),
      status,
      agent: anything,
      target,
      tail: fc.boolean(),
    })
    .map(
      x =>
        `10.0.0.${x.s} - - [06/Feb/2026:${x.h}:${x.s}:14 ${x.zone}] "GET ${slash(x.target)} HTTP/1.1" ${x.status} 12${x.tail ? ` "-" "${slash(x.agent)}"` : ''}`,
    ),
  json: fc
    .record({
      h: hour,
      s: seconds,
      numeric: fc.boolean(),
      status: fc.oneof(status, fc.constant(null)),
      agent: anything,
      service: anything,
      target,
      version: fc.constantFrom('v1', 'v2', 'x', null),
      more: fc.jsonValue(),
    })
    .map(x =>
      JSON.stringify({
        time: x.numeric ? 1770379000 + x.s : `2026-02-06T${x.h}:${x.s}:14.5Z`,
        target: x.target,
        status: x.status === null ? null : Number(x.status),
        agent: x.agent,
        more: x.more,
        service: x.service,
        version: x.version,
      }),
    ),
}

/** A line as it is, cut short, or with one character changed. */
const damaged = (line: fc.Arbitrary<string>) =>
  fc.oneof(
    {arbitrary: line, weight: 4},
    fc.tuple(line, fc.nat(250)).map(([text, n]) => text.slice(0, n)),
    fc
      .tuple(line, fc.nat(250), fc.constantFrom(' ', '"', '[', '{', '|', '}', '/', ':', 'x', '\\', '9', ','))
      .map(([text, n, char]) => text.slice(0, n) + char + text.slice(n + 1)),
  )

describe('the fast reader and the slow one', () => {
  it.each(['haproxy', 'common', 'json'] as const)('count the same in %s', format => {
    fc.assert(
      fc.property(
        fc.array(damaged(good[format]), {maxLength: 30}),
        fc.integer({min: 1, max: 4}),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom(CONTRACTS, WITH_QUERY),
        (lines, pieces, end, contracts) => {
          const text = lines.map(line => line.replaceAll(/[\r\n]/g, ' ') + end).join('')
          const {rows, lines: counts} = fast(text, format, pieces, DEFAULT_LIMITS, contracts)
          expect({rows, lines: counts}).toEqual(slowly(text, format, contracts, digest))
        },
      ),
      {numRuns: 150},
    )
  })

  it('count the same in lines that are nearly the one before', () => {
    const lines = good.haproxy.chain(line => fc.array(damaged(fc.constant(line)), {minLength: 2, maxLength: 30}))
    fc.assert(
      fc.property(lines, given => {
        const text = given.map(line => `${line.replaceAll(/[\r\n]/g, ' ')}\n`).join('')
        const {rows, lines: counts} = fast(text, 'haproxy')
        expect({rows, lines: counts}).toEqual(slowly(text, 'haproxy', CONTRACTS, digest))
      }),
      {numRuns: 200},
    )
  })

  it('count the same in lines that come again and again, whatever names a client', () => {
    const pool = fc.array(damaged(good.haproxy), {minLength: 2, maxLength: 8})
    const orders = fc.constantFrom<readonly EvidenceKind[]>(
      ['certificate', 'key', 'token', 'service', 'agent', 'address'],
      ['address', 'service', 'agent'],
      ['service', 'address', 'agent'],
      ['service', 'agent'],
    )
    const repeated = fc.tuple(pool, fc.array(fc.nat(7), {minLength: 20, maxLength: 120}))
    fc.assert(
      fc.property(repeated, orders, fc.constantFrom(CONTRACTS, WITH_QUERY), ([lines, picks], order, contracts) => {
        const text = picks.map(n => `${lines[n % lines.length]!.replaceAll(/[\r\n]/g, ' ')}\n`).join('')
        const {rows, lines: counts} = fast(text, 'haproxy', 1, DEFAULT_LIMITS, contracts, order)
        expect({rows, lines: counts}).toEqual(slowly(text, 'haproxy', contracts, digest, order))
      }),
      {numRuns: 120},
    )
  })

  it('count the same when more clients come than are remembered, and in lines longer than what is read at once', () => {
    const line = (n: number, more = '') =>
      `10.0.0.9:99 [06/Feb/2026:1${n % 2}:10:14.655] web accounts/a1 1/0/3/6/10 200 2 - - ---- 1/1/1/1/0 0/0 {sluice1||||s${n}|x||} "GET /api/v1/${more} HTTP/1.1"\n`
    const text = Array.from({length: 40_000}, (_, n) => line(n % 20_000, n === 30_000 ? 'x'.repeat(300_000) : '')).join(
      '',
    )
    const {rows, lines: counts} = fast(text, 'haproxy', 3)
    expect({rows, lines: counts}).toEqual(slowly(text, 'haproxy', CONTRACTS, digest))
  })

  it('keeps hours of UTC apart where the clock of the log is half an hour off', () => {
    const counted = tally()
    const format = haproxyFormat({captures: [], hourStart: (...at) => utcHour(...at) - 1_800_000})
    const reader = scanner({watch: readyWatch({contracts: CONTRACTS}), format, tally: counted, digest})
    const minutes = [10, 20, 29, 30, 31, 59, 20, 40]
    const text = minutes
      .map(minute => `${HAPROXY.replace(':14:14.', `:${minute}:14.`)} "GET /api/v1/x HTTP/1.1"\n`)
      .join('')
    reader.scan(Buffer.from(text), 0, text.length)
    const hours = counted.drain().map(({hour, calls}) => [hour, calls])
    expect(hours.sort()).toEqual([
      [491771, 4],
      [491772, 4],
    ])
  })
})
