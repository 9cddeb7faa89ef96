import {cp} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {freePort} from '../support/ports.ts'
import {APP_IMAGE, dockerVersion, type Engine, sharedEngine} from '../support/docker.ts'
import {haproxyRig, haproxyVersion, SLOTS} from '../support/haproxy.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {SWARM_IMAGE} from '../support/swarm.ts'
import {send, sendSteadily} from '../support/traffic.ts'

const isHere = dockerVersion() !== undefined && haproxyVersion() !== undefined

/** What differs from place to place: these two lines of the file, and where clients ask. */
interface Place {
  readonly runtime: string
  readonly balancer: string
  readonly address: string
}

/** The file is the same everywhere. */
const fileOf = ({runtime, balancer, address}: Place) => `sluice: 1
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
    rollout: { steps: [50, 100], bake: 500ms, checks: [{ http: /, timeout: 2s }], maxUnavailable: 1 }
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
async function placed(rig: Rig, place: Place): Promise<void> {
  await cp('test/fixtures/app/server.mjs', join(rig.folder, 'server.mjs'))
  await rig.write('sluice.yaml', fileOf(place))
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
  const behindHaproxy = (runtime: string, work: (own: Rig, place: Place) => Promise<void>) =>
    inRig(async own => {
      const proxy = await haproxyRig({backend: SLOTS})
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

  it('runs processes behind the embedded balancer', () =>
    inRig(async own => {
      const address = `127.0.0.1:${await freePort()}`
      await movesAndReturns(own, {runtime: '{ driver: process }', balancer: '{ driver: embedded }', address})
    }))

  it('runs containers behind HAProxy', async () => {
    const engine = await sharedEngine()
    named(engine)
    await behindHaproxy(`{ driver: docker, socket: ${engine.socket} }`, movesAndReturns)
    engine.docker('rm', '-f', ...engine.docker('ps', '-aq').split('\n'))
  })
})
