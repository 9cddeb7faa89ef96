import {cp} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {freePort} from '../support/ports.ts'
import {APP_IMAGE, dockerVersion, type Engine, type OwnEngine, ownEngine, sharedEngine} from '../support/docker.ts'
import {eventually} from '../support/eventually.ts'
import {haproxyRig, haproxyVersion, SLOTS} from '../support/haproxy.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {sharedSwarm, type Swarm, SWARM_IMAGE, type SwarmNode} from '../support/swarm.ts'
import {send, sendSteadily} from '../support/traffic.ts'

const isHere = dockerVersion() !== undefined && haproxyVersion() !== undefined

/** What differs from place to place: these two lines of the file, and where clients ask. */
interface Place {
  readonly runtime: string
  readonly balancer: string
  readonly address: string
}

/** The file is the same everywhere. */
const fileOf = ({runtime, balancer, address}: Place, bake: string) => `sluice: 1
system: shop
services:
  accounts:
    role: critical
    run:
      command: node server.mjs
      image: "${SWARM_IMAGE}:{version}"
      port: 8080
      replicas: 3
      restart: always
      health: { path: /healthz, timeout: 30s }
      stop: { drain: 1s }
    route: { backend: shop, listen: "${address}" }
    rollout: { steps: [50, 100], bake: ${bake}, checks: [{ http: /, timeout: 2s }], maxUnavailable: 1 }
    releases:
      1.0.0: {}
      2.0.0: {}
      3.0.0: { run: { env: { APP_STATUS: "500" } } }
environments:
  production:
    runtime: ${runtime}
    balancer: ${balancer}
    current: { accounts: 1.0.0 }
    target: { accounts: 2.0.0 }
`

/** A rig with the file, and the service at 1.0.0. */
async function placed(rig: Rig, place: Place, bake = '500ms'): Promise<void> {
  await cp('test/fixtures/app/server.mjs', join(rig.folder, 'server.mjs'))
  await rig.write('sluice.yaml', fileOf(place, bake))
  const first = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0')
  expect(first.code, first.stdout + first.stderr).toBe(0)
}

/** A release goes out and a bad one is taken back, and no request fails for the first. */
async function movesAndReturns(rig: Rig, place: Place): Promise<void> {
  await placed(rig, place)
  const load = sendSteadily(place.address, {connections: 4})
  const good = await rig.sluice('apply', '--yes')
  expect(good.code, good.stdout + good.stderr).toBe(0)
  expect((await load.stop()).failures).toEqual([])
  const bad = await rig.sluice('apply', '--yes', '--to', 'accounts=3.0.0')
  expect(bad.code, bad.stdout + bad.stderr).toBe(1)
  expect(await releasesAt(place)).toEqual(['2.0.0'])
}

/** Which releases answer now. */
async function releasesAt({address}: Place): Promise<readonly string[]> {
  const {bodies, failures} = await send(address, {requests: 60, connections: 3})
  expect(failures).toEqual([])
  return [...new Set(Object.keys(bodies).map(body => (JSON.parse(body) as {release: string}).release))]
}

/** A rollout to the file's target that somebody else carries out. */
function begin(rig: Rig) {
  const holder = rig.hold(process.execPath, join(process.cwd(), 'bin/run.js'), 'apply', '--yes')
  let said = ''
  holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  holder.stdout?.resume()
  return {
    says: (words: string) => eventually(() => said.includes(words)),
    /** Longer than any bake here. */
    async ended() {
      const over = () => eventually(() => holder.exitCode !== null)
      await over().catch(over).catch(over)
      return {code: holder.exitCode, said}
    },
  }
}

/** Where the instances are that `sluice status` tells of. */
async function addressesIn(rig: Rig): Promise<readonly string[]> {
  const {stdout} = await rig.sluice('status', '--json')
  const {services} = JSON.parse(stdout) as {services: readonly {pools: readonly {instances: readonly Shown[]}[]}[]}
  return services.flatMap(({pools}) => pools.flatMap(({instances}) => instances.map(({address}) => address)))
}

interface Shown {
  readonly address: string
}

describe.skipIf(!isHere)('the same file (needs the programs dockerd and haproxy, and root)', () => {
  const inRig = async (work: (own: Rig) => Promise<void>) => {
    const own = await openRig()
    try {
      await work(own)
    } finally {
      await own.sweep()
      await own.end()
    }
  }
  /** As templates/haproxy/haproxy.cfg has it for hosts that may go: HAProxy looks itself, and asks another for a GET. */
  const CHECKED = [
    'retries 10',
    'retry-on conn-failure empty-response',
    'http-request disable-l7-retry if !METH_GET',
    'default-server check inter 250ms fall 2 rise 1',
    ...SLOTS,
  ]
  const behindHaproxy = (runtime: string, work: (own: Rig, place: Place) => Promise<void>) =>
    inRig(async own => {
      const proxy = await haproxyRig({backend: CHECKED})
      try {
        const balancer = `{ driver: haproxy, socket: ${proxy.folder}/admin.sock, stateFile: ${proxy.folder}/state }`
        await work(own, {runtime, balancer, address: proxy.address})
      } finally {
        await proxy.end()
      }
    })
  /** Nodes of a swarm ask for an image by a name of its own; see swarm.ts. */
  const named = ({docker}: Engine) => {
    for (const release of ['1.0.0', '2.0.0', '3.0.0'])
      docker('tag', `${APP_IMAGE}:${release}`, `${SWARM_IMAGE}:${release}`)
  }
  const emptied = ({docker}: Engine) => {
    const left = docker('ps', '-aq')
    if (left !== '') docker('rm', '-f', ...left.split('\n'))
  }

  it('runs processes behind the embedded balancer', () =>
    inRig(async own => {
      const address = `127.0.0.1:${await freePort()}`
      await movesAndReturns(own, {runtime: '{ driver: process }', balancer: '{ driver: embedded }', address})
    }))

  describe('on two engines', () => {
    let near: Engine
    let far: OwnEngine
    beforeAll(async () => {
      near = await sharedEngine()
      far = await ownEngine()
      for (const engine of [near, far]) named(engine)
    })
    afterAll(async () => {
      emptied(near)
      await far.end()
    })

    it('runs containers behind HAProxy', () =>
      behindHaproxy(`{ driver: docker, socket: ${near.socket} }`, async (own, place) => {
        await movesAndReturns(own, place)
        emptied(near)
      }))

    it('halts where one of them goes away in the middle, serves on, and goes on when it is back', () =>
      behindHaproxy(
        `{ driver: docker, hosts: ["unix://${near.socket}", "unix://${far.socket}"] }`,
        async (own, place) => {
          await placed(own, place)
          await own.write('sluice.yaml', fileOf(place, '60s'))
          const rollout = begin(own)
          await rollout.says('share 50 %')
          const load = sendSteadily(place.address, {connections: 4})
          await far.halt()
          const {code, said} = await rollout.ended()
          expect(code, said).toBe(6)
          expect(said).toContain(`docker at unix://${far.socket} does not answer`)
          expect(await releasesAt(place)).toEqual(['1.0.0'])
          expect((await load.stop()).failures).toEqual([])
          await far.resume()
          const resumed = await own.sluice('rollout', 'resume')
          expect(resumed.code, resumed.stdout + resumed.stderr).toBe(1)
          const labels = [near, far].map(({docker}) => docker('ps', '-a', '--format', '{{.Label "sluice.release"}}'))
          expect(labels.flatMap(text => text.split('\n'))).toEqual(['1.0.0', '1.0.0', '1.0.0'])
        },
      ))
  })

  describe('in a swarm of three nodes', () => {
    let swarm: Swarm
    beforeAll(async () => {
      swarm = await sharedSwarm()
    })

    it('runs tasks behind HAProxy, and survives that one node is drained and another cut off in the middle', () =>
      behindHaproxy(`{ driver: swarm, socket: ${swarm.nodes[0].socket} }`, async (own, place) => {
        await movesAndReturns(own, place)
        await own.write(
          'sluice.yaml',
          fileOf(place, '10m').replace('target: { accounts: 2.0.0 }', 'target: { accounts: 1.0.0 }'),
        )
        const [manager, second, third] = swarm.nodes as readonly [SwarmNode, SwarmNode, SwarmNode]
        const isOn = async ({address}: SwarmNode) => (await addressesIn(own)).some(at => at.startsWith(`${address}:`))
        const rollout = begin(own)
        await rollout.says('share 50 %')
        // So that it is seen soon who is cut off; before, a busy node is not to be taken for one.
        manager.docker('swarm', 'update', '--dispatcher-heartbeat', '1s')
        const load = sendSteadily(place.address, {connections: 4})
        manager.docker('node', 'update', '--availability', 'drain', 'node2')
        await eventually(async () => !(await isOn(second)))
        expect((await load.stop()).failures).toEqual([])
        third.cut()
        await eventually(async () => !(await isOn(third)))
        expect(await own.sluice('rollout', 'promote', '--full')).toMatchObject({code: 0})
        const {code, said} = await rollout.ended()
        expect(code, said).toBe(0)
        expect(await isOn(third)).toBe(false)
        expect(await releasesAt(place)).toEqual(['1.0.0'])
        manager.docker('swarm', 'update', '--dispatcher-heartbeat', '5s')
        third.mend()
        manager.docker('node', 'update', '--availability', 'active', 'node2')
        const gone = await own.sluice('apply', '--yes', '--to', 'accounts=none')
        expect(gone.code, gone.stdout + gone.stderr).toBe(0)
      }))
  })
})
