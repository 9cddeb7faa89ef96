import {existsSync, readdirSync, readlinkSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {highestSocket} from '../../../../src/adapters/balancer/embedded/control/socket.ts'
import {identify, isAlive} from '../../../../src/adapters/processes/identity.ts'
import type {Result} from '../../../../src/core/base/result.ts'
import type {RoutedService} from '../../../../src/ports/balancer.ts'
import {type Backend, startBackend, startRaw} from '../../../support/backends.ts'
import {type EmbeddedRig, embeddedRig} from '../../../support/embedded.ts'
import {eventually} from '../../../support/eventually.ts'
import {freePort} from '../../../support/ports.ts'
import {once, send, sendSteadily} from '../../../support/traffic.ts'

let rig: EmbeddedRig
let address: string
let service: RoutedService
let backend: Backend

beforeEach(async () => {
  rig = embeddedRig()
  address = `127.0.0.1:${await freePort()}`
  const calls = [{contract: 'shop-api', pattern: {in: 'path', pattern: '/api/v{major}/'}}] as const
  service = {name: 'shop', route: {backend: 'shop', listen: address}, calls, fence: 5}
  backend = await startBackend('current')
  good(await rig.open().attach(service, pool()))
})
afterEach(async () => {
  await rig.end()
  await backend.close()
})

const pool = () => ({id: '1.0.0', addresses: [backend.address]})

const epoch = async () => good(await rig.open().read(service)).pools[0]?.counters?.epoch

describe('the balancer, killed with SIGKILL', () => {
  it('answers who connects from then on, without any command; shares, fences and brownouts are as they were', async () => {
    const {pid, standby} = await rig.both()
    const before = await epoch()
    await rig.open().brownOut?.(service, {contract: 'shop-api', major: 1, share: 100}, Date.now() + 600_000)
    kill(pid)
    expect(await send(address, {requests: 100, connections: 20})).toEqual({bodies: {current: 100}, failures: []})
    expect(good(await rig.open().ensure()).pid).toBe(standby)
    expect(await epoch()).not.toBe(before)
    expect((await once(address, {path: '/api/v1/x'})).status).toBe(410)
    const old = await rig.open().attach({...service, fence: 4}, pool())
    expect(old).toMatchObject({ok: false, failure: {code: 'locked'}})
    expect(readdirSync(rig.folder).filter(name => name.startsWith('control.'))).toHaveLength(1)
  })

  it('ten times in turn loses what was in flight, and leaves no process and no descriptor behind', async () => {
    const connections = 8
    const sender = sendSteadily(address, {connections})
    const pids = new Set<number>()
    const held: number[] = []
    for (let round = 0; round < 10; round++) {
      const {pid, standby} = await rig.both()
      pids.add(pid).add(standby)
      held.push(socketsOf(standby))
      kill(pid)
      expect(await send(address, {requests: 20, connections: 10})).toEqual({bodies: {current: 20}, failures: []})
    }
    const {bodies, failures} = await sender.stop()
    expect(bodies['current']).toBeGreaterThan(100)
    expect(failures.length).toBeLessThanOrEqual(10 * connections)
    expect(new Set(held).size).toBe(1)
    const {pid, standby} = await rig.both()
    good(await rig.open().shutdown(1000))
    expect([...pids, pid, standby].filter(lives)).toEqual([])
  })

  it('is known to have a successor only when that has the sockets of all services', async () => {
    const others = await Promise.all(Array.from({length: 5}, async () => `127.0.0.1:${await freePort()}`))
    for (const [index, listen] of others.entries())
      good(await rig.open().attach({name: `shop${index}`, route: {backend: 'shop', listen}}, pool()))
    for (let round = 0; round < 2; round++) {
      kill((await rig.both()).pid)
      for (const each of others) expect((await send(each, {requests: 1, connections: 1})).failures).toEqual([])
    }
  })

  it('before its standby has everything is followed all the same', async () => {
    await rig.both()
    const first = good(await rig.open().ensure())
    kill(first.pid)
    kill(good(await rig.open().ensure()).pid)
    await eventually(async () => (await once(address, {})).status === 200)
  })

  it('together with its standby is started by the next command, with what it knew', async () => {
    await rig.plug()
    expect((await once(address, {})).status).toBe(0)
    good(await rig.open().ensure())
    expect((await send(address, {requests: 10, connections: 2})).bodies).toEqual({current: 10})
  })

  it('is followed by nobody where the whole system has been removed', async () => {
    const {pid, standby} = await rig.both()
    rmSync(rig.root, {recursive: true})
    kill(pid)
    await eventually(() => !lives(standby))
    expect(existsSync(rig.root)).toBe(false)
  })
})

describe('the standby', () => {
  it('is replaced when it is killed, and nobody notices', async () => {
    const sender = sendSteadily(address, {connections: 4})
    const {pid, standby} = await rig.both()
    process.kill(standby, 'SIGKILL')
    const after = await eventually(async () => {
      const now = await rig.both()
      return now.standby !== standby && now
    })
    expect(after.pid).toBe(pid)
    expect((await sender.stop()).failures).toEqual([])
    kill(pid)
    expect((await send(address, {requests: 10, connections: 2})).bodies).toEqual({current: 10})
  })

  it('lets go of an address with its service: others can have it at once', async () => {
    await rig.both()
    const elsewhere = `127.0.0.1:${await freePort()}`
    good(await rig.open().attach({...service, route: {backend: 'shop', listen: elsewhere}}, pool()))
    await (await startRaw(() => undefined, portOf(address))).close()
    good(await rig.open().detach(service, pool(), Date.now()))
    await (await startRaw(() => undefined, portOf(elsewhere))).close()
  })

  it('ends with a balancer that is asked to end', async () => {
    const {pid, standby} = await rig.both()
    process.kill(pid, 'SIGTERM')
    await eventually(() => !lives(pid))
    expect(lives(standby)).toBe(false)
    expect((await once(address, {})).status).toBe(0)
    expect(highestSocket(rig.folder)).toBeDefined()
  })

  it('does not take the place of a balancer that is only stopped', async () => {
    const {pid, standby} = await rig.both()
    process.kill(pid, 'SIGSTOP')
    const answer = once(address, {})
    const asked = rig.open().ensure()
    process.kill(pid, 'SIGCONT')
    expect(good(await asked)).toMatchObject({pid, standby})
    expect((await answer).text).toBe('current')
  })
})

/** Resolves when the process is dead, and nobody could have taken over yet. */
function kill(pid: number): void {
  const process = identify(pid)
  if (!process) throw new Error(`${pid} is dead already`)
  globalThis.process.kill(pid, 'SIGKILL')
  while (isAlive(process)) continue
}

function lives(pid: number): boolean {
  return identify(pid) !== undefined
}

/** How many descriptors of sockets a process has, where the system says so. */
function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  if (!existsSync(folder)) return 0
  return readdirSync(folder).filter(name => targetOf(join(folder, name)).startsWith('socket:')).length
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return 'closed by now'
  }
}

function portOf(address: string): number {
  return Number(address.split(':')[1])
}

function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.message} (${result.failure.hint})`)
  return result.value
}
