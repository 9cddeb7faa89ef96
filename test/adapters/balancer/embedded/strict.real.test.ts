import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {startProxy, type Proxy} from '../../../support/proxy.ts'
import {startScript, talk} from '../../../support/raw.ts'

/** What must never reach a server, since the server could see other requests in it than we do. */
const REFUSED: Readonly<Record<string, readonly [status: number, request: string]>> = {
  'a length and a coding': [400, post('Content-Length: 5', 'Transfer-Encoding: chunked', '', '0', '', '')],
  'a coding and a length': [400, post('Transfer-Encoding: chunked', 'Content-Length: 5', '', '0', '', '')],
  'two lengths': [400, post('Content-Length: 5', 'Content-Length: 6', '', 'hello')],
  'one length twice': [400, post('Content-Length: 5', 'Content-Length: 5', '', 'hello')],
  'a list of lengths': [400, post('Content-Length: 5, 5', '', 'hello')],
  'a length with a sign': [400, post('Content-Length: +5', '', 'hello')],
  'a negative length': [400, post('Content-Length: -5', '', 'hello')],
  'a hexadecimal length': [400, post('Content-Length: 0x5', '', 'hello')],
  'a length beyond numbers': [400, post('Content-Length: 99999999999999999999', '', 'hello')],
  'an empty length': [400, post('Content-Length: ', '', 'hello')],
  'a space before the colon': [400, post('Content-Length : 5', '', 'hello')],
  'a coding that hides': [400, post('Transfer-Encoding : chunked', '', '0', '', '')],
  'a coding behind a tab': [400, post('Transfer-Encoding: \x0bchunked', '', '0', '', '')],
  'a folded coding': [400, post('Transfer-Encoding:', ' chunked', '', '0', '', '')],
  'chunked twice': [400, post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', '', '0', '', '')],
  'chunked, and something after it': [400, post('Transfer-Encoding: chunked, gzip', '', '0', '', '')],
  'a coding that we do not speak': [501, post('Transfer-Encoding: gzip, chunked', '', '0', '', '')],
  'a coding that is nearly chunked': [501, post('Transfer-Encoding: xchunked', '', '0', '', '')],
  'the coding that was abolished': [501, post('Transfer-Encoding: identity', '', 'hello')],
  'a coding in HTTP/1.0': [400, 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  'lines that end with a bare line feed': [400, 'GET / HTTP/1.1\nHost: a\n\n'],
  'a bare line feed in a header': [400, get('X: y\nZ: w', '', '')],
  'a bare carriage return in a header': [400, get('X: y\rZ: w', '', '')],
  'a folded header': [400, get('X: y', ' z', '', '')],
  'a header folded at once': [400, 'GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n'],
  'a zero byte': [400, get('X: y\0z', '', '')],
  'a control character': [400, get('X: y\x01z', '', '')],
  'a name with a bracket': [400, get('X(: y', '', '')],
  'a header without a name': [400, get(': y', '', '')],
  'a header without a colon': [400, get('foo', '', '')],
  'no host': [400, 'GET / HTTP/1.1\r\n\r\n'],
  'two hosts': [400, get('Host: b', '', '')],
  'a host that is none': [400, 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  'a host with a path': [400, 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  'a target with a space': [400, 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a target with a fragment': [400, 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a target that is no path': [400, 'GET foo HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a star that is not asked for options': [400, 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a target with credentials': [400, 'GET http://me@b.example/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a tunnel': [405, 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'],
  'HTTP/2': [400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'a version in between': [505, 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
  'no version': [505, 'GET /\r\n\r\n'],
  'a head that is too large': [431, get(`X: ${'a'.repeat(40_000)}`, '', '')],
}

/** Here the head is in order and reaches the server; the request must never become whole. */
const BAD_CHUNKS: Readonly<Record<string, readonly string[]>> = {
  'no number': ['zz', 'hello', '0', '', ''],
  'a prefix': ['0x5', 'hello', '0', '', ''],
  'a sign': ['-5', 'hello', '0', '', ''],
  'more than it says': ['3', 'hello', '0', '', ''],
  'a number beyond numbers': ['10000000000000005', 'hello', '0', '', ''],
  'a space after the size': ['5 ', 'hello', '0', '', ''],
  'bare line feeds': ['5\nhello\n0\n\n'],
  'a bare line feed in its extension': ['5;a\nhello', '0', '', ''],
}

describe('a request that can be read in two ways', () => {
  let proxy: Proxy
  let server: Awaited<ReturnType<typeof startScript>>
  let got = ''

  beforeAll(async () => {
    server = await startScript(client => {
      client.socket.on('data', (bytes: Buffer) => {
        got += bytes.toString('latin1')
        if (got.endsWith('\r\n\r\n')) client.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    proxy = await startProxy({a: {addresses: [server.address], share: 100}})
  })
  beforeEach(() => {
    got = ''
  })
  afterAll(async () => {
    await proxy.end()
    await server.close()
  })

  it.each(Object.entries(REFUSED))('is refused: %s', async (_name, [status, request]) => {
    const answer = await talk(proxy.address, `${request}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(got).toBe('')
  })

  it.each(Object.entries(BAD_CHUNKS))('never becomes whole: a chunk with %s', async (_name, lines) => {
    const answer = await talk(proxy.address, post('Transfer-Encoding: chunked', '', ...lines))
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 400')
    expect(got).not.toContain('\r\n0\r\n\r\n')
  })

  it('is none: absolute form, whose host counts more than Host', async () => {
    await talk(proxy.address, 'GET http://b.example:81/x?y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(got).toMatch(/^GET \/x\?y HTTP\/1\.1\r\nHost: b\.example:81\r\n/)
    got = ''
    await talk(proxy.address, 'GET http://b.example?y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(got).toMatch(/^GET \/\?y HTTP\/1\.1\r\nHost: b\.example\r\n/)
  })

  it('is none: options of the server as a whole', async () => {
    const answer = await talk(proxy.address, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 200')
    expect(got).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n/)
  })

  it('keeps every header, however many', async () => {
    const lines = Array.from({length: 2500}, (_, index) => `H${index}: a`)
    await talk(proxy.address, get(...lines, 'Connection: close', '', ''))
    expect(got.match(/^H\d+: a\r$/gm)).toHaveLength(2500)
  })

  it('is pipelined only as whole requests, answered in their order', async () => {
    const answer = await talk(proxy.address, `${get('', '')}${get('', '')}${get('Connection: close', '', '')}`)
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3)
  })
})

function get(...lines: readonly string[]): string {
  return ['GET / HTTP/1.1', 'Host: a', ...lines].join('\r\n')
}

function post(...lines: readonly string[]): string {
  return ['POST / HTTP/1.1', 'Host: a', ...lines].join('\r\n')
}
