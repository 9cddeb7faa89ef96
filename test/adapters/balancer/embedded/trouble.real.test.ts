import {once as event} from 'node:events'
import {afterEach, describe, expect, it} from 'vitest'
import type {Settings} from '../../../../src/adapters/balancer/embedded/settings.ts'
import {startBackend, startRaw} from '../../../support/backends.ts'
import {type Proxy, type ProxyPools, startProxy} from '../../../support/proxy.ts'
import {dial, type RawClient, startScript, talk} from '../../../support/raw.ts'
import {once, send} from '../../../support/traffic.ts'

const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function proxyTo(pools: ProxyPools, settings: Partial<Settings> = {}): Promise<Proxy> {
  const proxy = await startProxy(pools, settings)
  ends.push(proxy.end)
  return proxy
}

async function backend(label: string) {
  const started = await startBackend(label)
  ends.push(started.close)
  return started
}

async function script(onConnection: (client: RawClient) => void) {
  const started = await startScript(onConnection)
  ends.push(started.close)
  return started
}

/** Addresses where nobody listens, and where the system puts nobody by itself. */
const NOBODY = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', '127.0.0.1:4'] as const
const [nobody] = NOBODY

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('a server that cannot be reached', () => {
  it('costs no request while another server of the pool can', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({a: {addresses: [nobody, good.address], share: 100}})
    expect(await send(proxy.address, {requests: 40, connections: 4})).toEqual({bodies: {good: 40}, failures: []})
    // What was never sent may be sent to another, whatever it is.
    expect(await send(proxy.address, {requests: 10, connections: 1, method: 'POST'})).toEqual({
      bodies: {good: 10},
      failures: [],
    })
  })

  it('is asked again only now and then while there is another', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({a: {addresses: [nobody, good.address], share: 100}})
    await send(proxy.address, {requests: 100, connections: 1})
    const {requests, errors} = proxy.counters('a')
    expect(requests).toBe(100 + errors)
    expect(errors).toBeLessThan(10)
  })

  it('costs no request while another pool has a share, and is counted against its own pool', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({
      old: {addresses: [good.address], share: 90},
      new: {addresses: [nobody], share: 10},
    })
    expect((await send(proxy.address, {requests: 100, connections: 4})).bodies).toEqual({good: 100})
    expect(proxy.counters('new')).toMatchObject({requests: 10, errors: 10})
    expect(proxy.counters('old')).toMatchObject({requests: 100, errors: 0})
  })

  it('is not made up for by a pool without a share', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({
      old: {addresses: [good.address], share: 0},
      new: {addresses: [nobody], share: 100},
    })
    expect(await once(proxy.address, {})).toEqual({status: 502, text: '502 no server could be reached\n'})
    expect(good.requests).toBe(0)
  })

  it('is given up after so many tries', async () => {
    const proxy = await proxyTo({a: {addresses: NOBODY, share: 100}}, {retries: 2})
    expect((await once(proxy.address, {})).status).toBe(502)
    expect(proxy.counters('a')).toMatchObject({requests: 3, errors: 3})
  })

  it('still gets the body of a request that another could not be given', async () => {
    const echo = await startRaw((request, response) => void request.pipe(response))
    ends.push(echo.close)
    const proxy = await proxyTo({a: {addresses: [nobody, echo.address], share: 100}})
    for (let index = 0; index < 2; index++) {
      const answer = await talk(
        proxy.address,
        'PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello/)
    }
  })
})

describe('a server that hangs up', () => {
  const hangUp = (client: RawClient) => void client.until('\r\n\r\n').then(() => client.socket.destroy())

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('without a word is replaced, for %s', async method => {
    const [bad, good] = [await script(hangUp), await backend('good')]
    const proxy = await proxyTo({a: {addresses: [bad.address, good.address], share: 100}})
    const answers = [await once(proxy.address, {method}), await once(proxy.address, {method})]
    expect(answers.map(({status}) => status)).toEqual([200, 200])
    expect(bad.connections()).toBe(1)
  })

  it.each(['POST', 'PATCH'])('is not, for %s: it may have done it', async method => {
    const [bad, good] = [await script(hangUp), await backend('good')]
    const proxy = await proxyTo({a: {addresses: [bad.address, good.address], share: 100}})
    expect((await once(proxy.address, {method})).status).toBe(502)
    expect(good.requests).toBe(0)
  })

  it('is not, where a body has been taken from the client', async () => {
    const [bad, good] = [await script(hangUp), await backend('good')]
    const proxy = await proxyTo({a: {addresses: [bad.address, good.address], share: 100}})
    const answer = await talk(
      proxy.address,
      'PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(good.requests).toBe(0)
  })

  it.each(['HTT', 'HTTP/1.1 200 OK\r\nContent-Le', 'HTTP/1.1 103 Early Hints\r\n\r\n'])(
    'is not, once it has said %j',
    async said => {
      const good = await backend('good')
      const bad = await script(client => void client.until('\r\n\r\n').then(() => client.socket.end(said)))
      const proxy = await proxyTo({a: {addresses: [bad.address, good.address], share: 100}})
      expect(await talk(proxy.address, GET)).toContain('HTTP/1.1 502 ')
      expect(good.requests).toBe(0)
    },
  )

  it.each([
    ['a length', 'Content-Length: 10\r\n\r\nhello'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('in the middle of %s shows the client that something is missing', async (_name, rest) => {
    const bad = await script(client => {
      void client.until('\r\n\r\n').then(() => client.socket.end(`HTTP/1.1 200 OK\r\n${rest}`))
    })
    const proxy = await proxyTo({a: {addresses: [bad.address], share: 100}})
    const answer = await talk(proxy.address, GET)
    expect(answer).toContain('hello')
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 1})
  })

  it('between two requests is no trouble, even for what may be asked only once', async () => {
    const closing = await script(client => {
      void client.until('\r\n\r\n').then(() => {
        client.send(OK)
        setImmediate(() => client.socket.end())
      })
    })
    const proxy = await proxyTo({a: {addresses: [closing.address], share: 100}})
    const client = await dial(proxy.address)
    for (let index = 0; index < 100; index++) client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')
    client.send(GET)
    expect((await client.closed()).match(/200 OK/g)).toHaveLength(101)
  })
})

describe('a server that gives no proper answer', () => {
  it.each([
    ['something else', 'SSH-2.0-hello\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a length and a coding', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['a split header', 'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}`],
  ])('is answered for with 502: %s', async (_name, answer) => {
    const bad = await script(client => void client.until('\r\n\r\n').then(() => client.send(answer)))
    const proxy = await proxyTo({a: {addresses: [bad.address], share: 100}})
    expect(await talk(proxy.address, GET)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 1})
  })
})

describe('silence', () => {
  it('of a server is answered with 504, and not tried elsewhere', async () => {
    const [mute, good] = [await script(() => undefined), await backend('good')]
    const proxy = await proxyTo({a: {addresses: [mute.address, good.address], share: 100}}, {idleMs: 150})
    expect(await once(proxy.address, {})).toEqual({status: 504, text: '504 the server did not answer in time\n'})
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 1})
  })

  it('of a server in the middle of its answer cuts it off', async () => {
    const stuck = await script(client => {
      void client.until('\r\n\r\n').then(() => client.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'))
    })
    const proxy = await proxyTo({a: {addresses: [stuck.address], share: 100}}, {idleMs: 2000})
    expect(await talk(proxy.address, GET)).toMatch(/hello$/)
    expect(proxy.counters('a')).toMatchObject({errors: 1})
  })

  it('of a client in the middle of its head is answered with 408', async () => {
    const proxy = await proxyTo({a: {addresses: [nobody], share: 100}}, {headersMs: 200})
    expect(await talk(proxy.address, 'GET / HTTP/1.1\r\nHost: a\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('of a client between two requests ends its connection', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({a: {addresses: [good.address], share: 100}}, {keepAliveMs: 100})
    expect(await talk(proxy.address, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toContain('good')
  })

  it('of both ends of a tunnel closes it', async () => {
    const server = await script(client => {
      const said = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
      void client.until('\r\n\r\n').then(() => client.send(said))
    })
    const proxy = await proxyTo({a: {addresses: [server.address], share: 100}}, {tunnelMs: 150})
    const wish = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    expect(await talk(proxy.address, wish)).toMatch(/^HTTP\/1\.1 101 /)
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 0})
  })
})

describe('a client that goes away', () => {
  it('takes its request to the server with it, and is no error', async () => {
    const gone = withResolvers()
    const server = await script(client => void client.closed().then(() => gone.resolve()))
    const proxy = await proxyTo({a: {addresses: [server.address], share: 100}})
    const client = await dial(proxy.address)
    client.send(GET)
    await until(() => proxy.service.pool('a')?.inFlight === 1)
    client.socket.destroy()
    await gone.promise
    expect(proxy.service.pool('a')?.inFlight).toBe(0)
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 0})
  })

  it('in the middle of its body never makes that body look whole', async () => {
    let got = ''
    const gone = withResolvers()
    const server = await script(client => {
      client.socket.on('data', (bytes: Buffer) => (got += bytes.toString()))
      void client.closed().then(() => gone.resolve())
    })
    const proxy = await proxyTo({a: {addresses: [server.address], share: 100}})
    const client = await dial(proxy.address)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    await until(() => got.includes('hello'))
    client.socket.destroy()
    await gone.promise
    expect(got).not.toMatch(/\r\n0\r\n/)
  })

  it('in the middle of its answer frees the server', async () => {
    const gone = withResolvers()
    const server = await script(client => {
      void client.until('\r\n\r\n').then(() => client.send('HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nhello'))
      void client.closed().then(() => gone.resolve())
    })
    const proxy = await proxyTo({a: {addresses: [server.address], share: 100}})
    const client = await dial(proxy.address)
    client.send(GET)
    await client.until('hello')
    client.socket.resetAndDestroy()
    await gone.promise
    expect(proxy.counters('a')).toMatchObject({requests: 1, errors: 0})
  })
})

describe('limits', () => {
  it('of connections turn away who comes too much', async () => {
    const good = await backend('good')
    const proxy = await proxyTo({a: {addresses: [good.address], share: 100}}, {maxConnections: 2})
    const kept = [await dial(proxy.address), await dial(proxy.address)]
    for (const client of kept) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await client.until('good')
    }
    expect((await once(proxy.address, {})).status).toBe(0)
    const closed = kept.map(client => event(client.socket, 'close'))
    for (const client of kept) client.socket.destroy()
    await Promise.all(closed)
    await until(async () => (await once(proxy.address, {})).status === 200)
  })
})

/** Waits until something holds, which a test without it would never see. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 10))
}

function withResolvers(): {promise: Promise<void>; resolve: () => void} {
  let resolve = () => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return {promise, resolve}
}
