import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {connect} from 'node:net'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {highestSocket, socketFolder} from '../../../../src/adapters/balancer/embedded/control/socket.ts'
import {createLog} from '../../../../src/adapters/balancer/embedded/log.ts'
import {processTable} from '../../../../src/adapters/processes/machine.ts'
import type {Result} from '../../../../src/core/base/result.ts'
import type {Balanced, RoutedService} from '../../../../src/ports/balancer.ts'
import {type Backend, startBackend, startRaw} from '../../../support/backends.ts'
import {freePort} from '../../../support/ports.ts'
import {type EmbeddedRig, embeddedRig} from '../../../support/embedded.ts'
import {dial, rawClient} from '../../../support/raw.ts'
import {once, send} from '../../../support/traffic.ts'

let rig: EmbeddedRig
let address: string
let service: RoutedService
let current: Backend
let next: Backend

beforeEach(async () => {
  rig = embeddedRig()
  address = `127.0.0.1:${await freePort()}`
  service = {name: 'shop', route: {backend: 'shop', listen: address}}
  current = await startBackend('current')
  next = await startBackend('next')
})
afterEach(async () => {
  await rig.end()
  await current.close()
  await next.close()
})

const pools = () => [
  {id: '1.0.0', addresses: [current.address]},
  {id: '2.0.0', addresses: [next.address]},
]

async function routeTo(share: number): Promise<void> {
  const [one, two] = pools()
  if (!one || !two) throw new Error('two pools')
  good(
    await rig.open().route(service, [
      {pool: one, share: 100 - share},
      {pool: two, share},
    ]),
  )
}

const pidOf = async () => good(await rig.open().ensure()).pid
const shares = async () => sharesIn(good(await rig.open().read(service)))

describe('the process', () => {
  it('is one, however many commands start it at once', async () => {
    const pids = await Promise.all(Array.from({length: 8}, pidOf))
    expect(new Set(pids).size).toBe(1)
  })

  it('is one again after it was killed, however many commands find out at once', async () => {
    process.kill(await pidOf(), 'SIGKILL')
    const pids = await Promise.all(Array.from({length: 8}, pidOf))
    expect(new Set(pids).size).toBe(1)
    expect(readdirSync(rig.folder).filter(name => name.startsWith('control.'))).toHaveLength(1)
  })

  it('comes back from kill -9 with the same pools and shares, and counts anew', async () => {
    await routeTo(25)
    await send(address, {requests: 20, connections: 2})
    const before = good(await rig.open().read(service))
    process.kill(await pidOf(), 'SIGKILL')
    const after = good(await rig.open().read(service))
    expect(sharesIn(after)).toEqual({'1.0.0': 75, '2.0.0': 25})
    expect(after.pools[0]?.counters?.epoch).not.toBe(before.pools[0]?.counters?.epoch)
    const {bodies, failures} = await send(address, {requests: 100, connections: 4})
    expect({bodies, failures}).toEqual({bodies: {current: 75, next: 25}, failures: []})
  })

  it('may be killed at any instant of a verb', async () => {
    await routeTo(0)
    for (let round = 1; round <= 12; round++) {
      const pid = await pidOf()
      const routed = routeTo(round)
      await new Promise(resolve => setTimeout(resolve, round / 4))
      process.kill(pid, 'SIGKILL')
      await routed
      expect(await shares()).toEqual({'1.0.0': 100 - round, '2.0.0': round})
    }
  })

  it('lets what is under way end when it is asked to end, and takes nothing new', async () => {
    await routeTo(0)
    const pid = await pidOf()
    const release = current.hold()
    const answer = once(address, {})
    await current.holding(1)
    process.kill(pid, 'SIGTERM')
    await until(() =>
      dial(address).then(
        client => !client.socket.destroy(),
        () => true,
      ),
    )
    release()
    expect(await answer).toEqual({status: 200, text: 'current'})
    await until(() => !isAlive(pid))
    expect(await shares()).toEqual({'1.0.0': 100, '2.0.0': 0})
  })

  it('ends in time though a request does not', async () => {
    await routeTo(0)
    current.hold()
    const answer = once(address, {})
    await current.holding(1)
    good(await rig.open().shutdown(100))
    expect((await answer).status).toBe(0)
  })

  it('is not started to tell that there is nothing', async () => {
    expect(good(await rig.open().read(service))).toEqual({pools: []})
    good(await rig.open().detach(service, {id: '1.0.0', addresses: []}, Date.now()))
    expect(good(await rig.open().evidence('shop-api', 1))).toEqual({contract: 'shop-api', major: 1, calls: 0})
    good(await rig.open().shutdown(0))
    expect(readdirSync(rig.root)).toEqual([])
  })

  it('is asked by its owner only', async () => {
    await pidOf()
    expect(statSync(highestSocket(rig.folder) ?? '').mode & 0o777).toBe(0o600)
    expect(statSync(rig.folder).mode & 0o077).toBe(0)
    await routeTo(0)
    expect(statSync(join(rig.folder, 'table.json')).mode & 0o077).toBe(0)
  })

  it('has a socket elsewhere where the path of its folder is too long for one', async () => {
    const base = mkdtempSync(join(tmpdir(), 'sluice-long-'))
    const folder = join(base, 'a'.repeat(60), 'b'.repeat(60))
    mkdirSync(folder, {recursive: true})
    const balancer = rig.open({}, folder)
    expect(good(await balancer.ensure()).pid).toBe(good(await rig.open({}, folder).ensure()).pid)
    expect(Buffer.byteLength(highestSocket(folder) ?? '')).toBeLessThan(100)
    expect(statSync(socketFolder(folder)).mode & 0o077).toBe(0)
    good(await balancer.shutdown(0))
    rmSync(base, {recursive: true})
    rmSync(socketFolder(folder), {recursive: true})
  })
})

describe('a folder that somebody removes', () => {
  it('is made again, and the process can be reached again', async () => {
    await routeTo(25)
    const pid = await pidOf()
    rmSync(rig.folder, {recursive: true})
    await until(() => highestSocket(rig.folder) !== undefined)
    expect(await pidOf()).toBe(pid)
    expect(await shares()).toEqual({'1.0.0': 75, '2.0.0': 25})
    process.kill(pid, 'SIGKILL')
    expect(await shares()).toEqual({'1.0.0': 75, '2.0.0': 25})
  })

  it('with the whole system is not', async () => {
    await routeTo(25)
    const pid = await pidOf()
    rmSync(rig.root, {recursive: true})
    await until(() => !isAlive(pid))
    expect(existsSync(rig.root)).toBe(false)
  })
})

describe('a process whose place another has taken', () => {
  it('ends, so that the other can listen', async () => {
    await routeTo(25)
    const pid = await pidOf()
    // Standing still, it cannot take its folder back before the other has come.
    process.kill(pid, 'SIGSTOP')
    rmSync(rig.folder, {recursive: true})
    expect(await pidOf()).not.toBe(pid)
    process.kill(pid, 'SIGCONT')
    await until(() => !isAlive(pid))
    await routeTo(50)
    expect((await send(address, {requests: 20, connections: 2})).bodies).toEqual({current: 10, next: 10})
  })
})

describe('the control socket', () => {
  it('answers what it does not understand, and lives', async () => {
    const pid = await pidOf()
    expect(await ask('nonsense\n')).toMatchObject({answer: {failure: {message: 'that is no question'}}})
    expect(await ask('{"protocol":1,"request":{"do":"dance"}}\n')).toMatchObject({
      answer: {failure: {message: 'the balancer does not know dance'}},
    })
    expect(await ask('{"protocol":99,"request":{"do":"hello"}}\n')).toMatchObject({
      answer: {failure: {message: 'the balancer process speaks protocol 1, and was asked in 99'}},
    })
    expect(await pidOf()).toBe(pid)
  })

  async function ask(line: string): Promise<unknown> {
    const socket = connect(highestSocket(rig.folder) ?? '')
    const client = rawClient(socket)
    client.send(line)
    const text = await client.until('\n')
    socket.destroy()
    return JSON.parse(text)
  }
})

describe('an address that is taken', () => {
  it('is named, and nothing is changed', async () => {
    const rival = await startRaw(() => undefined, Number(address.split(':')[1]))
    const refused = await rig.open().attach(service, {id: '1.0.0', addresses: [current.address]})
    await rival.close()
    expect(refused).toMatchObject({
      ok: false,
      failure: {code: 'balancer-failed', hint: 'free the address, or change route.listen'},
    })
    expect(await shares()).toEqual({})
    await routeTo(0)
    expect(await shares()).toEqual({'1.0.0': 100, '2.0.0': 0})
  })

  it('on the way back from a kill is waited for', async () => {
    await routeTo(25)
    await rig.plug()
    const rival = await startRaw(() => undefined, Number(address.split(':')[1]))
    const refused = await rig.open().read(service)
    expect(refused).toMatchObject({
      ok: false,
      failure: {message: `shop is known, but ${address} cannot be listened on`},
    })
    await rival.close()
    await until(async () => (await rig.open().read(service)).ok)
    expect(await shares()).toEqual({'1.0.0': 75, '2.0.0': 25})
  })

  it('by another service of the same balancer is refused', async () => {
    await routeTo(0)
    const other = {...service, name: 'other'}
    const refused = await rig.open().attach(other, {id: '1.0.0', addresses: [current.address]})
    expect(refused).toMatchObject({ok: false, failure: {message: `other and shop both want to listen on ${address}`}})
  })
})

describe('the table', () => {
  it('that cannot be understood is not guessed at', async () => {
    mkdirSync(rig.folder, {recursive: true})
    writeFileSync(join(rig.folder, 'table.json'), '{"format": 7}')
    const refused = await rig.open().read(service)
    expect(refused).toMatchObject({
      ok: false,
      failure: {message: 'the balancer process did not start: it ended with 1'},
    })
    expect(refused.ok ? '' : refused.failure.hint).toContain('is of format 7, not 1')
  })

  it('follows a service to another address', async () => {
    await routeTo(25)
    const elsewhere = `127.0.0.1:${await freePort()}`
    const [one] = pools()
    if (!one) throw new Error('a pool')
    good(await rig.open().attach({...service, route: {backend: 'shop', listen: elsewhere}}, one))
    expect((await send(elsewhere, {requests: 20, connections: 1})).bodies).toEqual({current: 15, next: 5})
    expect((await once(address, {})).status).toBe(0)
  })
})

describe('calls', () => {
  const watched = () => ({
    ...service,
    calls: [{contract: 'shop-api', pattern: {in: 'path', pattern: '/api/v{major}/'} as const}],
  })

  it('are counted per contract and major, with coverage from the first attach on', async () => {
    const before = Date.now()
    good(await rig.open().attach(watched(), {id: '1.0.0', addresses: [current.address]}))
    await send(address, {requests: 3, connections: 1, path: '/api/v1/x'})
    await send(address, {requests: 2, connections: 1, path: '/api/%76%32/../V2//y'})
    await send(address, {requests: 1, connections: 1, path: '/healthz'})
    const one = good(await rig.open().evidence('shop-api', 1))
    const two = good(await rig.open().evidence('shop-api', 2))
    expect([one.calls, two.calls, good(await rig.open().evidence('shop-api', 3)).calls]).toEqual([3, 2, 0])
    expect(one.coveredSince).toBeGreaterThanOrEqual(before)
    expect(one.firstSeen).toBeGreaterThanOrEqual(one.coveredSince ?? Infinity)
    expect(one.lastSeen).toBeGreaterThanOrEqual(one.firstSeen ?? Infinity)
    expect(two.firstSeen).toBeGreaterThanOrEqual(one.lastSeen ?? Infinity)
  })

  it('are covered without a gap over a proper end, and not over a kill', async () => {
    good(await rig.open().attach(watched(), {id: '1.0.0', addresses: [current.address]}))
    await send(address, {requests: 3, connections: 1, path: '/api/v1/x'})
    const first = good(await rig.open().evidence('shop-api', 1))
    good(await rig.open().shutdown(1000))
    expect(good(await rig.open().evidence('shop-api', 1))).toEqual(first)
    process.kill(await pidOf(), 'SIGKILL')
    const killed = good(await rig.open().evidence('shop-api', 1))
    expect(killed).toMatchObject({calls: 3, lastSeen: first.lastSeen})
    expect(killed.coveredSince).toBeGreaterThan(first.lastSeen ?? Infinity)
  })
})

describe('the log', () => {
  it('says what was asked, and never outgrows its limit', async () => {
    await routeTo(25)
    expect(readFileSync(join(rig.folder, 'balancer.log'), 'utf8')).toMatch(/"do":"route".* -> ok\n/)
    const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'))
    const log = createLog(folder)
    for (let line = 0; line < 300; line++) log('x'.repeat(10_000))
    expect(statSync(join(folder, 'balancer.log')).size).toBeLessThanOrEqual(1_000_000)
    expect(statSync(join(folder, 'balancer.log.1')).size).toBeLessThanOrEqual(1_000_000)
    rmSync(folder, {recursive: true})
  })
})

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.message} (${result.failure.hint})`)
  return result.value
}

function sharesIn(balanced: Balanced): Record<string, number> {
  return Object.fromEntries(balanced.pools.map(({id, share}) => [id, share]))
}

function isAlive(pid: number): boolean {
  return processTable.started(pid) !== undefined
}

/** Waits until something holds, which a test without it would never see. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 10))
}
