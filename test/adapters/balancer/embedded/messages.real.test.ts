import {createHash, randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {request} from 'node:http'
import {afterEach, describe, expect, it} from 'vitest'
import {startRaw} from '../../../support/backends.ts'
import {eventually} from '../../../support/eventually.ts'
import {type Proxy, startProxy} from '../../../support/proxy.ts'
import {dial, type RawClient, startScript, talk} from '../../../support/raw.ts'

const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A proxy in front of one server that does as it is told. */
async function inFrontOf(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Proxy> {
  const server = await startRaw(handle)
  ends.push(server.close)
  return proxyTo(server.address)
}

/** A proxy in front of a script that speaks in bytes. */
async function inFrontOfScript(onConnection: (client: RawClient) => void): Promise<Proxy> {
  const server = await startScript(onConnection)
  ends.push(server.close)
  return proxyTo(server.address)
}

async function proxyTo(address: string): Promise<Proxy> {
  const proxy = await startProxy({a: {addresses: [address], share: 100}})
  ends.push(proxy.end)
  return proxy
}

/** Always gives the same answer. */
function saying(answer: string): (client: RawClient) => void {
  return client => {
    client.socket.on('data', (bytes: Buffer) => void (bytes.includes(' HTTP/1.1\r\n') && client.send(answer)))
  }
}

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('a request', () => {
  it('arrives with what is end to end, and without what is hop by hop', async () => {
    let raw: readonly string[] = []
    const proxy = await inFrontOf((request, response) => {
      raw = request.rawHeaders
      response.end()
    })
    const head = [
      'GET / HTTP/1.1',
      'Host: shop.example',
      'X-Kept: yes',
      'x-kept: again',
      'Connection: close, X-Mine, Cookie',
      'X-Mine: secret',
      'Cookie: kept',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'X-Forwarded-For: 10.0.0.1',
      'Via: 1.0 other',
    ]
    await talk(proxy.address, [...head, '', ''].join('\r\n'))
    expect(raw).toEqual(
      [
        ['Host', 'shop.example'],
        ['X-Kept', 'yes'],
        ['x-kept', 'again'],
        ['Cookie', 'kept'],
        ['X-Forwarded-For', '10.0.0.1, 127.0.0.1'],
        ['X-Forwarded-Proto', 'http'],
        ['X-Forwarded-Host', 'shop.example'],
        ['Via', '1.0 other, 1.1 sluice'],
      ].flat(),
    )
  })

  it('streams a large body both ways, byte for byte, known length or not', async () => {
    const proxy = await inFrontOf((request, response) => {
      response.writeHead(
        200,
        request.headers['content-length'] ? {'Content-Length': request.headers['content-length']} : {},
      )
      request.pipe(response)
    })
    const body = randomBytes(5_000_000)
    for (const headers of [{'Content-Length': String(body.length)}, {'Transfer-Encoding': 'chunked'}]) {
      expect(hashOf(await echo(proxy.address, headers, body))).toBe(hashOf(body))
    }
  })

  it('brings its trailers, but none that should have come before', async () => {
    let trailers: readonly string[] = []
    const proxy = await inFrontOf((request, response) => {
      request.resume().on('end', () => {
        trailers = request.rawTrailers
        response.end()
      })
    })
    const body = '5\r\nhello\r\n0\r\nX-Sum: 1\r\nAuthorization: me\r\n\r\n'
    await talk(
      proxy.address,
      `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    )
    expect(trailers).toEqual(['X-Sum', '1'])
  })

  it('may wait for a 100 before it sends its body', async () => {
    const proxy = await inFrontOf((request, response) => {
      let text = ''
      request.on('data', (piece: Buffer) => (text += piece.toString())).on('end', () => response.end(text))
    })
    const client = await dial(proxy.address)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    expect(await client.until('100 Continue\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('hello')
    expect(await client.closed()).toMatch(/HTTP\/1\.1 200 OK[\s\S]*hello/)
  })

  it('that expected a 100 is answered at once where the server wants no body', async () => {
    const proxy = await inFrontOfScript(saying('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n'))
    const answer = await talk(
      proxy.address,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 Too Large\r\n/)
    expect(answer).toContain('Connection: close')
  })

  it('is answered although its body is still on the way', async () => {
    const proxy = await inFrontOfScript(saying('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'))
    const client = await dial(proxy.address)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`)
    expect(await client.until('\r\n\r\nno')).toMatch(/^HTTP\/1\.1 413 Too Large\r\n/)
    // The rest is thrown away, and the connection goes on.
    client.send('x'.repeat(900_000))
    client.send(GET)
    expect((await client.closed()).match(/413 Too Large/g)).toHaveLength(2)
  })

  it('of an old client is answered as it can read it', async () => {
    const proxy = await inFrontOf((_request, response) => {
      response.write('one')
      response.end('two')
    })
    const answer = await talk(proxy.address, 'GET / HTTP/1.0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).not.toMatch(/transfer-encoding/i)
    expect(answer).toMatch(/\r\n\r\nonetwo$/)
  })
})

describe('an answer', () => {
  it('keeps its reason, its repeated headers and their order, and loses what is hop by hop', async () => {
    const proxy = await inFrontOfScript(
      saying(
        'HTTP/1.1 299 Fine by Me\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: \xe4\r\nDate: then\r\nConnection: X-Own\r\nX-Own: 1\r\nKeep-Alive: timeout=9\r\nProxy-Connection: x\r\nContent-Length: 2\r\n\r\nok',
      ),
    )
    expect(await talk(proxy.address, GET)).toBe(
      'HTTP/1.1 299 Fine by Me\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: \xe4\r\nDate: then\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    )
  })

  it.each([
    ['to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'Content-Length: 5'],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', '204 No Content'],
    ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n', 'ETag: x'],
  ])('without a body has none: %s', async (_name, method, answer, contained) => {
    const server = await startScript(client => {
      client.socket.on('data', () => client.send(answer))
    })
    ends.push(server.close)
    const proxy = await proxyTo(server.address)
    const twice = `${method} / HTTP/1.1\r\nHost: a\r\n\r\n${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`
    const got = await talk(proxy.address, twice)
    expect(got.split('HTTP/1.1 ').slice(1)).toHaveLength(2)
    expect(got).toContain(contained)
    expect(got).toMatch(/\r\n\r\n$/)
    expect(got).not.toMatch(/transfer-encoding/i)
    expect(/content-length/i.test(got)).toBe(!answer.includes(' 204 '))
  })

  it('brings its trailers', async () => {
    const proxy = await inFrontOfScript(
      saying(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2;a=b\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
      ),
    )
    expect(await talk(proxy.address, GET)).toMatch(/Trailer: X-Sum\r\n[\s\S]*\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n$/)
  })

  it('may end with the connection', async () => {
    const proxy = await inFrontOfScript(client => {
      void client.until('\r\n\r\n').then(() => client.socket.end('HTTP/1.0 200 OK\r\n\r\nto the end'))
    })
    expect(await talk(proxy.address, GET)).toMatch(/\r\n\r\na\r\nto the end\r\n0\r\n\r\n$/)
  })

  it('comes with the 1xx before it', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n'
    const proxy = await inFrontOfScript(
      saying(`HTTP/1.1 100 Continue\r\n\r\n${hints}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
    )
    expect(await talk(proxy.address, GET)).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/x>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK/,
    )
    expect(await talk(proxy.address, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it('shows its head before its body has come', async () => {
    const proxy = await inFrontOfScript(saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'))
    const client = await dial(proxy.address)
    client.send(GET)
    expect(await client.until('\r\n\r\n')).toContain('Content-Length: 2')
    client.socket.destroy()
  })

  it('shows each event of a stream when it comes', async () => {
    let server: ServerResponse | undefined
    const proxy = await inFrontOf((_request, response) => {
      server = response
      response.writeHead(200, {'Content-Type': 'text/event-stream'}).flushHeaders()
    })
    const client = await dial(proxy.address)
    client.send(GET)
    await client.until('event-stream')
    server?.write('data: 1\n\n')
    await client.until('data: 1')
    server?.end('data: 2\n\n')
    expect(await client.closed()).toContain('data: 2')
  })

  it('waits in the server, not in our memory, for a client that does not read', async () => {
    const piece = Buffer.alloc(65_536)
    let written = 0
    const proxy = await inFrontOf((_request, response) => {
      const more = () => {
        while (written < 400 * piece.length) {
          written += piece.length
          if (response.write(piece)) continue
          response.once('drain', more)
          return
        }
        response.end()
      }
      more()
    })
    const client = await dial(proxy.address)
    client.socket.pause()
    client.send(GET)
    await settled(() => written)
    expect(written).toBeLessThan(300 * piece.length)
    let read = 0
    client.socket.on('data', bytes => (read += bytes.length)).resume()
    await client.closed()
    expect(read).toBeGreaterThan(400 * piece.length)
  })
})

describe('connections', () => {
  it('to a server are kept and used again', async () => {
    const server = await startScript(client => {
      client.socket.on('data', () => client.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
    ends.push(server.close)
    const proxy = await proxyTo(server.address)
    for (let index = 0; index < 5; index++) await talk(proxy.address, GET)
    expect(server.connections()).toBe(1)
  })

  it.each([
    ['says close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['will wait less than a second', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'],
    [
      'says more than it was asked',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
    ],
  ])('to a server are not, where it %s', async (_name, answer) => {
    const server = await startScript(client => {
      client.socket.on('data', () => client.send(answer))
    })
    ends.push(server.close)
    const proxy = await proxyTo(server.address)
    for (let index = 0; index < 3; index++) expect(await talk(proxy.address, GET)).toMatch(/\r\n\r\nok$/)
    expect(server.connections()).toBe(3)
  })

  it('of clients are kept from request to request', async () => {
    const proxy = await inFrontOf((_request, response) => response.end('ok'))
    const client = await dial(proxy.address)
    client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until('ok')).toContain('Connection: keep-alive')
    client.send('GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await client.closed()
    expect(proxy.seen).toEqual(['/1', '/2'])
  })
})

describe('an upgrade', () => {
  const WISH =
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n'

  it('to a WebSocket becomes a tunnel, with what either side sent early', async () => {
    let head = ''
    const proxy = await inFrontOfScript(server => {
      void server.until('early').then(text => (head = text))
      void server.until('\r\n\r\n').then(() => {
        server.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nwelcome',
        )
        void server.until('ping').then(() => server.send('pong'))
        void server.until('bye').then(() => server.socket.end('ciao'))
      })
    })
    const client = await dial(proxy.address)
    client.send(`${WISH}early`)
    expect(await client.until('welcome')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome',
    )
    client.send('ping')
    await client.until('pong')
    expect(proxy.service.pool('a')?.inFlight).toBe(1)
    client.send('bye')
    expect(await client.closed()).toMatch(/ciao$/)
    expect(head).toMatch(/Sec-WebSocket-Key: k\r\n[\s\S]*Connection: Upgrade\r\nUpgrade: websocket\r\n/)
    await eventually(() => proxy.service.pool('a')?.inFlight === 0)
  })

  it('that the server declines is answered as it says', async () => {
    const proxy = await inFrontOfScript(saying('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'))
    expect(await talk(proxy.address, WISH)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*\r\n\r\nno$/)
  })

  it('that the server declines is the last request on its connection', async () => {
    const server = await startScript(saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    ends.push(server.close)
    const proxy = await proxyTo(server.address)
    for (const request of [WISH, GET, GET]) expect(await talk(proxy.address, request)).toMatch(/ok$/)
    expect(server.connections()).toBe(2)
  })

  it('that nobody answers is answered by us', async () => {
    const proxy = await proxyTo('127.0.0.1:1')
    expect(await talk(proxy.address, WISH)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  })

  it('to anything else is not asked for, and the request answered as usual, body and all', async () => {
    let got = ''
    const proxy = await inFrontOf((request, response) => {
      got = JSON.stringify(request.rawHeaders)
      request.pipe(response)
    })
    const client = await dial(proxy.address)
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\nContent-Length: 5\r\n\r\nhel',
    )
    client.send('lo')
    expect(await client.until('hello')).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(got).not.toMatch(/upgrade|http2/i)
    client.send('GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await client.closed()
    expect(proxy.seen).toEqual(['/', '/next'])
  })

  it('that nobody asked for is no proper answer', async () => {
    const proxy = await inFrontOfScript(
      saying(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
      ),
    )
    expect(await talk(proxy.address, GET)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  })
})

function echo(address: string, headers: Record<string, string>, body: Buffer): Promise<Buffer> {
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    request({host, port, method: 'POST', headers}, response => {
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)))
    })
      .on('error', reject)
      .end(body)
  })
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Waits until a number has stopped changing. */
async function settled(number: () => number): Promise<void> {
  for (let same = 0, before = number(); same < 10; ) {
    await new Promise(resolve => setTimeout(resolve, 20))
    same = number() === before ? same + 1 : 0
    before = number()
  }
}
