import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {dockerVersion} from '../test/support/docker.ts'
import {haproxyRig, haproxyVersion, SLOTS} from '../test/support/haproxy.ts'
import {ownSwarm, type Swarm, SWARM_IMAGE} from '../test/support/swarm.ts'
import type {Figure} from './figure.ts'
import {run, underLoad, type Upgrade} from './upgrade/load.ts'
import {createService, updateService} from './upgrade/service.ts'

const BAKE_MS = 2000
const SHARES = [10, 50, 100]
/** What a careful hand with a script at the Runtime API came to: looking every half second, with 20 requests as the least. */
const MOST_SPOILED = 20
const MOST_BESIDE_BAKES_S = 2

/**
 * One service of two instances is upgraded under 200 requests a second, to a release that is good and to one that answers
 * 500 and says it is well: by `sluice apply` on one engine behind HAProxy, and by `docker service update` (start-first,
 * health-checked, failure action rollback) on a swarm of three nodes to which that engine belongs, behind a HAProxy that
 * checks them by the same path.
 */
export async function bench(): Promise<Figure[]> {
  if (dockerVersion() === undefined || haproxyVersion() === undefined) return []
  const swarm = await ownSwarm()
  try {
    const ours = await bySluice(swarm)
    const theirs = await byServiceUpdate(swarm)
    return figuresOf(ours, theirs)
  } finally {
    await swarm.end()
  }
}

/** To a good release, and to a bad one. */
interface Both {
  readonly good: Upgrade
  readonly bad: Upgrade
}

async function bySluice({nodes: [{socket, address}]}: Swarm): Promise<Both> {
  const proxy = await haproxyRig({backend: SLOTS})
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const apply = (release: string, code: number) =>
    run(
      code,
      folder,
      process.execPath,
      join(process.cwd(), 'bin/run.js'),
      'apply',
      '--yes',
      '--to',
      `accounts=${release}`,
    )
  try {
    const runtime = `{ driver: docker, socket: ${socket}, publish: ${address} }`
    writeFileSync(join(folder, 'sluice.yaml'), fileOf(runtime, proxy.folder))
    await apply('1.0.0', 0)
    const good = await underLoad(proxy.address, () => apply('2.0.0', 0))
    const bad = await underLoad(proxy.address, () => apply('3.0.0', 1))
    await apply('none', 0)
    return {good, bad}
  } finally {
    rmSync(folder, {recursive: true, force: true})
    await proxy.end()
  }
}

function fileOf(runtime: string, proxy: string): string {
  return `sluice: 1
system: bench
services:
  accounts:
    role: critical
    run: { image: "${SWARM_IMAGE}:{version}", port: 8080, replicas: 2, health: { path: /healthz }, stop: { drain: 1s } }
    route: { backend: shop }
    rollout: { steps: [${SHARES.join(', ')}], bake: ${BAKE_MS}ms, checks: [{ errors: "< 1%" }] }
    releases: { 1.0.0: {}, 2.0.0: {}, 3.0.0: { run: { env: { APP_STATUS: "500" } } } }
environments:
  production:
    runtime: ${runtime}
    balancer: { driver: haproxy, socket: ${proxy}/admin.sock, stateFile: ${proxy}/state }
    current: { accounts: 1.0.0 }
`
}

async function byServiceUpdate(swarm: Swarm): Promise<Both> {
  const servers = swarm.nodes.map(
    ({address}, index) => `server n${index} ${address}:8080 check inter 500ms fall 2 rise 1`,
  )
  const checked = ['balance roundrobin', 'option httpchk GET /healthz', ...servers]
  const proxy = await haproxyRig({backend: checked})
  try {
    await createService(swarm, proxy.address)
    const good = await underLoad(proxy.address, () => updateService(swarm, '--image', `${SWARM_IMAGE}:2.0.0`))
    const bad = await underLoad(proxy.address, () => updateService(swarm, '--env-add', 'APP_STATUS=500'))
    return {good, bad}
  } finally {
    await proxy.end()
  }
}

function figuresOf(ours: Both, theirs: Both): Figure[] {
  const peer = (words: string) => `service update: ${words}`
  const s = (seconds: number) => `${seconds.toFixed(1)} s`
  const {good, bad} = theirs
  return [
    {
      name: 'upgrade: failed requests, good release',
      value: ours.good.spoiled,
      unit: '',
      limit: {max: 0},
      peer: peer(`${good.spoiled} of ${good.requests}`),
    },
    {
      name: 'upgrade: wall time beyond the bakes, good release',
      value: ours.good.seconds - (SHARES.length * BAKE_MS) / 1000,
      unit: 's',
      limit: {max: MOST_BESIDE_BAKES_S},
      peer: peer(`${s(good.seconds)} in all, and nothing is watched`),
    },
    {
      name: 'upgrade: spoiled requests, release that answers 500',
      value: ours.bad.spoiled,
      unit: '',
      limit: {max: MOST_SPOILED},
      peer: peer(`${bad.spoiled} of ${bad.requests}, and every one from then on`),
    },
    {
      name: 'upgrade: from the first bad answer to the last',
      value: ours.bad.badFor,
      unit: 's',
      peer: peer(`never noticed; still so after ${s(bad.badFor)}`),
    },
    {
      name: 'upgrade: from the first bad answer until it is gone',
      value: ours.bad.goneAfter,
      unit: 's',
      peer: peer(`"completed" after ${s(bad.seconds)}`),
    },
  ]
}
