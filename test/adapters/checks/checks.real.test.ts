import {createServer} from 'node:http'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'
import {checksWith} from '../../../src/adapters/checks/checks.ts'
import type {ProbeContext} from '../../../src/ports/checks.ts'

const checks = checksWith({env: {}})
/** Longer than any machine stands still. */
const LONG_MS = 60_000

const context: ProbeContext = {
  service: 'accounts',
  state: {release: '2.0.0', mode: 'v1'},
  share: 25,
  addresses: ['127.0.0.1:1', '127.0.0.1:2'],
  folder: process.cwd(),
}

describe('a command as a check', () => {
  const ask = (script: string, more: Partial<ProbeContext> = {}, timeoutMs = LONG_MS) =>
    checks.probe({kind: 'command', command: [process.execPath, '-e', script], timeoutMs}, {...context, ...more})

  it('passes by exit code 0, and is told what it checks', async () => {
    const names = ['SERVICE', 'RELEASE', 'MODE', 'SHARE', 'ADDRESSES'].map(name => `process.env.SLUICE_${name}`)
    expect(await ask(`console.log(${names.join(', ')})`)).toEqual({
      verdict: 'passed',
      detail: expect.stringContaining('accounts 2.0.0 v1 25 127.0.0.1:1,127.0.0.1:2'),
    })
  })

  it('fails by any other, with the output', async () => {
    expect(await ask(`console.log('3 orders lost'); process.exitCode = 9`)).toEqual({
      verdict: 'failed',
      detail: expect.stringMatching(/ended with code 9:\n3 orders lost$/),
    })
  })

  it('measures what is written, where there is a condition', async () => {
    const measured = (script: string) =>
      checks.probe(
        {
          kind: 'command',
          command: [process.execPath, '-e', script],
          timeoutMs: LONG_MS,
          success: {is: '<', value: 5},
          failure: {is: '>', value: 50},
        },
        context,
      )
    expect(await measured('console.log(3)')).toEqual({verdict: 'passed', detail: '3, wanted < 5, must not be > 50'})
    expect((await measured('console.log(30)')).verdict).toBe('inconclusive')
    expect((await measured('console.log(300)')).verdict).toBe('failed')
    expect((await measured('console.log("many")')).verdict).toBe('error')
    expect((await measured('console.log(3); process.exitCode = 1')).verdict).toBe('error')
  })

  it('is an error, and no verdict on the release, when it hangs, is killed, or is not there', async () => {
    const forever = 'setInterval(() => {}, 1e6)'
    expect(await ask(forever, {}, 300)).toMatchObject({verdict: 'error', detail: expect.stringContaining('300ms')})
    expect(await ask(`process.kill(process.pid, 'SIGKILL');${forever}`)).toMatchObject({verdict: 'error'})
    expect(await ask(forever, {signal: AbortSignal.abort()})).toMatchObject({verdict: 'error'})
    expect(await checks.probe({kind: 'command', command: ['no-such'], timeoutMs: LONG_MS}, context)).toMatchObject({
      verdict: 'error',
      detail: expect.stringContaining('program not found: no-such'),
    })
  })
})

describe('a GET as a check', () => {
  const stops: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })

  /** A server that answers with this status, or not at all. */
  async function serving(status: number | 'never', body = 'x'): Promise<string> {
    const server = createServer((_, response) => {
      if (status !== 'never') response.writeHead(status, {location: '/elsewhere'}).end(body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    })
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const ask = (addresses: readonly string[], more: Partial<ProbeContext> = {}, timeoutMs = LONG_MS) =>
    checks.probe({kind: 'http', path: '/deep?full=1', timeoutMs}, {...context, addresses, ...more})

  it('passes when every instance answers 2xx', async () => {
    const addresses = [await serving(200), await serving(204)]
    expect(await ask(addresses)).toEqual({
      verdict: 'passed',
      detail: `GET /deep?full=1 on ${addresses[0]}: 200\nGET /deep?full=1 on ${addresses[1]}: 204`,
    })
  })

  it.for([500, 404, 302])('fails when one answers %s', async status => {
    const probed = await ask([await serving(200), await serving(status)])
    expect(probed).toMatchObject({verdict: 'failed', detail: expect.stringMatching(new RegExp(`: ${status}$`))})
  })

  it('fails when one never answers', async () => {
    const probed = await ask([await serving(200), await serving('never')], {}, 300)
    expect(probed).toMatchObject({verdict: 'failed', detail: expect.stringMatching(/: no answer within 300 ms$/)})
  })

  it('wants another status where one is named', async () => {
    const wanted = (status: number, addresses: readonly string[]) =>
      checks.probe({kind: 'http', path: '/', timeoutMs: LONG_MS, status}, {...context, addresses})
    expect((await wanted(404, [await serving(404)])).verdict).toBe('passed')
    expect((await wanted(404, [await serving(404), await serving(200)])).verdict).toBe('failed')
  })

  it('measures one value in the JSON of every instance', async () => {
    const measured = async (...bodies: readonly string[]) => {
      const addresses = await Promise.all(bodies.map(body => serving(200, body)))
      const check = {
        kind: 'http',
        path: '/',
        timeoutMs: LONG_MS,
        json: '$.nodes[1].depth',
        success: {is: '<', value: 9},
      } as const
      const {verdict, detail} = await checks.probe(check, {...context, addresses})
      return [verdict, detail.replace(/^.*: 200: /, '')]
    }
    const depth = (value: unknown) => JSON.stringify({nodes: [{}, {depth: value}]})
    expect(await measured(depth(3), depth('4'))).toEqual(['passed', expect.stringContaining('is 4, wanted < 9')])
    expect(await measured(depth(3), depth(99))).toEqual(['failed', '$.nodes[1].depth is 99, wanted < 9'])
    expect(await measured('{}')).toEqual(['error', 'there is no $.nodes[1].depth in the answer'])
    expect(await measured('<html>')).toEqual(['error', 'the answer is no JSON'])
    expect(await measured(depth([]))).toEqual(['error', '$.nodes[1].depth in the answer is no number and no text'])
  })

  it('fails when nobody listens', async () => {
    const address = await serving(200)
    for (const stop of stops.splice(0)) await stop()
    expect(await ask([address])).toMatchObject({verdict: 'failed', detail: expect.stringContaining('nobody listens')})
  })

  it('is an error when there is nobody to ask, no time to wait, or no such address', async () => {
    expect(await ask([])).toMatchObject({verdict: 'error'})
    expect(await ask([await serving('never')], {signal: AbortSignal.abort()})).toMatchObject({verdict: 'error'})
  })
})
