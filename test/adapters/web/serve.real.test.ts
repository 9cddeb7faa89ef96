import {connect} from 'node:net'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Access, Deed} from '../../../src/adapters/web/access.ts'
import {channel, type News} from '../../../src/adapters/web/channel.ts'
import {type Asked, type Served, serve} from '../../../src/adapters/web/serve.ts'
import {failure} from '../../../src/core/base/failure.ts'
import {fail, ok} from '../../../src/core/base/result.ts'

const TOKEN = 'a-secret-of-this-page'
const may = (...deeds: Deed[]) => new Set(deeds)

let served: Served
let asked: (Asked & {readonly by: string})[]
/** How many loops are running. */
let running: number
/** Tells everybody who listens. */
let tell: (news: News) => void

async function open(access: Access) {
  asked = []
  running = 0
  const live = channel(async (say, signal) => {
    running += 1
    tell = say
    say({whole: '{"is":"idle"}', change: '{}'})
    await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
    running -= 1
  })
  const site = {
    live,
    page: async ({name}: {readonly name: string}) => `<p>${name}</p>`,
    act: async ({name}: {readonly name: string}, wanted: Asked) => {
      asked.push({...wanted, by: name})
      return wanted.reason === 'no' ? fail(failure('halted', {message: 'it cannot be'})) : ok('heard')
    },
  }
  served = await serve(site, access, '127.0.0.1', 0)
}

const address = (path = '/') => `http://127.0.0.1:${served.port}${path}`
const entered = {cookie: `sluice=${TOKEN}`}

function act(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return fetch(address('/act'), {
    method: 'POST',
    headers: {...entered, 'content-type': 'application/json', ...headers},
    body: JSON.stringify(body),
  })
}

afterEach(() => served.end())

describe('a page for whoever has its token', () => {
  beforeEach(() => open({by: {is: 'token', token: TOKEN, user: 'root'}, may: new Map([['*', may('pause')]])}))

  it('is shown to nobody else', async () => {
    expect((await fetch(address())).status).toBe(401)
    expect((await fetch(address('/events'))).status).toBe(401)
    expect((await fetch(address('/?token=guessed'), {redirect: 'manual'})).status).toBe(401)
    expect((await fetch(address(), {headers: {cookie: 'sluice=guessed'}})).status).toBe(401)
    expect((await fetch(address('/act'), {method: 'POST'})).status).toBe(401)
  })

  it('takes the token once, and a cookie from then on', async () => {
    const first = await fetch(address(`/?token=${TOKEN}`), {redirect: 'manual'})
    expect([first.status, first.headers.get('location')]).toEqual([303, './'])
    expect(first.headers.get('set-cookie')).toBe(`sluice=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`)
    const page = await fetch(address(), {headers: entered})
    expect(await page.text()).toBe('<p>root</p>')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
  })

  it('answers to its address only, so that no other name leads to it', async () => {
    const {request} = await import('node:http')
    const status = await new Promise(resolve =>
      request(address(), {headers: {...entered, host: 'elsewhere.example'}}, answer =>
        resolve(answer.statusCode),
      ).end(),
    )
    expect(status).toBe(421)
  })

  it('does what its visitor may, and nothing else', async () => {
    expect(await (await act({deed: 'pause', reason: 'lunch', step: 'a-1'})).text()).toBe('heard')
    expect(asked).toEqual([{deed: 'pause', reason: 'lunch', step: 'a-1', by: 'root'}])
    const refused = await act({deed: 'abort', reason: ''})
    expect([refused.status, await refused.text()]).toEqual([403, 'root may not abort here'])
    const failed = await act({deed: 'pause', reason: 'no'})
    expect([failed.status, await failed.text()]).toEqual([409, 'it cannot be'])
    expect(asked).toHaveLength(2)
  })

  it('is not asked by another site, nor in another form', async () => {
    expect((await act({deed: 'pause', reason: ''}, {origin: 'http://elsewhere.example'})).status).toBe(403)
    expect((await act({deed: 'pause', reason: ''}, {origin: 'null'})).status).toBe(403)
    expect((await act({deed: 'pause', reason: ''}, {'sec-fetch-site': 'cross-site'})).status).toBe(403)
    expect((await act({deed: 'pause', reason: ''}, {'content-type': 'text/plain'})).status).toBe(403)
    expect((await act({deed: 'drop', reason: ''})).status).toBe(400)
    expect((await act({deed: 'pause'})).status).toBe(400)
    expect((await act({deed: 'pause', reason: 'x'.repeat(20_000)})).status).toBe(400)
    expect((await fetch(address('/other'), {headers: entered})).status).toBe(404)
    expect(asked).toEqual([])
  })

  it('tells whoever is slow the whole of the last news, and nothing of what came between', async () => {
    const socket = connect(served.port, '127.0.0.1')
    socket.pause()
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nCookie: sluice=${TOKEN}\r\n\r\n`)
    await expect.poll(() => running).toBe(1)
    const much = 'x'.repeat(100_000)
    for (let at = 1; at <= 400; at++) {
      tell({whole: `whole ${at} ${much}`, change: `change ${at} ${much}`})
      await new Promise(setImmediate)
    }
    let text = ''
    socket.setEncoding('utf8').on('data', chunk => (text += chunk))
    socket.resume()
    await expect.poll(() => text).toContain('whole 400 ')
    expect(text).toContain('data: change 1 ')
    expect(text.length).toBeLessThan(20_000_000)
    tell({whole: 'whole 401', change: 'change 401'})
    await expect.poll(() => text).toContain('data: change 401\n\n')
    socket.destroy()
  })

  it('looks only while somebody looks on', async () => {
    const controllers = [new AbortController(), new AbortController()]
    for (const {signal} of controllers) {
      const stream = await fetch(address('/events'), {headers: entered, signal})
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      while (!text.includes('data: ')) text += (await reader?.read())?.value ?? ''
      expect(text).toContain('data: {"is":"idle"}')
    }
    expect(running).toBe(1)
    for (const controller of controllers) controller.abort()
    await expect.poll(() => running).toBe(0)
  })
})

describe('a page behind a proxy that says who somebody is', () => {
  const access = (...trusted: string[]): Access => ({
    by: {is: 'proxy', header: 'X-Remote-User', trusted},
    may: new Map([['anna', may('approve')]]),
  })
  const as = (name: string) => ({'x-remote-user': name})

  it('believes the header of whom it trusts', async () => {
    await open(access('10.0.0.0/8', '127.0.0.1'))
    expect(await (await fetch(address(), {headers: as('anna')})).text()).toBe('<p>anna</p>')
    expect((await fetch(address())).status).toBe(401)
    expect((await act({deed: 'approve', reason: ''}, as('anna'))).status).toBe(200)
    expect((await act({deed: 'approve', reason: ''}, as('ben'))).status).toBe(403)
  })

  it('believes nobody else', async () => {
    await open(access('10.0.0.0/8'))
    expect((await fetch(address(), {headers: as('anna')})).status).toBe(401)
  })
})
