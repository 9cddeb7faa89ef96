import {copyFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {clock} from '../src/adapters/clock.ts'
import {sqliteState} from '../src/adapters/state/sqlite.ts'
import type {Entry} from '../src/core/rollout/record.ts'
import {startLoad} from '../src/demo/load.ts'
import {freePort} from './balancer/port.ts'
import {endSystem, sluice} from './engine/sluice.ts'
import type {Figure} from './figure.ts'
import {median} from './median.ts'

const TIMES = 20
const RESUMES = 5
const PER_SECOND = 100
const BAKE_MS = 1000

/** What the engine takes for itself, on a real service behind the embedded balancer, by the real command. */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  try {
    const port = await freePort()
    copyFileSync(resolve('bench/engine/server.mjs'), join(folder, 'server.mjs'))
    writeFileSync(join(folder, 'sluice.yaml'), yamlOf(port))
    await sluice(folder, 'apply', '--yes')
    const overheads = await overheadOf(folder)
    const resumes = await resumesOf(folder)
    const backs = await backsOf(folder, `127.0.0.1:${port}`)
    return [
      figure(
        'take-back: first bad answer to the last one',
        median(backs),
        `worst of ${TIMES}: ${ms(Math.max(...backs))}`,
        1500,
      ),
      figure(
        'engine: a rollout beyond bakes and health waits',
        median(overheads),
        `worst of ${overheads.length}: ${ms(Math.max(...overheads))}`,
        300,
      ),
      figure(
        'resume: from the call to its first act',
        median(resumes),
        `worst of ${RESUMES}: ${ms(Math.max(...resumes))}`,
        1000,
      ),
    ]
  } finally {
    await endSystem(folder)
    rmSync(folder, {recursive: true, force: true})
  }
}

/** From the first bad answer of `next` to the last one, as clients get them. */
async function backsOf(folder: string, address: string): Promise<readonly number[]> {
  const times: number[] = []
  for (let time = 0; time < TIMES; time++) {
    const load = startLoad(address, PER_SECOND)
    await sluice(folder, 'apply', '--yes', '--again', '--to', 'shop=3.0.0')
    const {spoiled} = await load.stop()
    const at = spoiled.map(one => one.at)
    times.push(Math.max(...at) - Math.min(...at))
  }
  return times
}

/** There and back, without what the file and the release ask to be waited for. */
async function overheadOf(folder: string): Promise<readonly number[]> {
  const overheads: number[] = []
  for (const release of ['2.0.0', '1.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0']) {
    await sluice(folder, 'apply', '--yes', '--to', `shop=${release}`)
    const entries = await latest(folder)
    const span = between(entries, 'rollout-begun', 'rollout-ended')
    overheads.push(span - 2 * BAKE_MS - healthWait(entries))
  }
  return overheads
}

/** Killed while a share is held, and gone on with. */
async function resumesOf(folder: string): Promise<readonly number[]> {
  const times: number[] = []
  for (let time = 0; time < RESUMES; time++) {
    await sluice(folder, 'apply', '--yes', '--to', `shop=${time % 2 === 0 ? '2.0.0' : '1.0.0'}`, {
      killedAt: 'share 50 %',
    })
    const called = Date.now()
    await sluice(folder, 'rollout', 'resume')
    const entries = await latest(folder)
    const resumed = entries.findLastIndex(({record}) => record.code === 'rollout-resumed')
    const act = entries
      .slice(resumed)
      .find(({record}) => record.code === 'act-intended' || record.code === 'bake-passed')
    // What is left of the bake is held again, from its beginning: nobody has watched it.
    times.push((act?.at ?? Infinity) - called - BAKE_MS)
  }
  return times
}

async function latest(folder: string): Promise<readonly Entry[]> {
  const state = sqliteState(join(folder, '.sluice', 'state.db'), clock)
  const rollout = await state.load('here', 'latest')
  await state.close()
  if (!rollout.ok) throw new Error(rollout.failure.message)
  return rollout.value.entries
}

function between(entries: readonly Entry[], first: string, last: string): number {
  const at = (code: string) => entries.find(({record}) => record.code === code)?.at ?? Number.NaN
  return at(last) - at(first)
}

function healthWait(entries: readonly Entry[]): number {
  const at = (code: 'act-intended' | 'act-done') =>
    entries.find(({record}) => record.code === code && record.act.do === 'start')?.at ?? Number.NaN
  return at('act-done') - at('act-intended')
}

function figure(name: string, value: number, peer: string, max: number): Figure {
  return {name, value, unit: 'ms', limit: {max}, peer}
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function yamlOf(port: number): string {
  return `sluice: 1
system: bench
services:
  shop:
    role: backend
    run: { command: node server.mjs, health: { path: /healthz, timeout: 10s }, stop: { drain: 500ms } }
    route: { backend: shop, listen: "127.0.0.1:${port}" }
    rollout: { steps: [50, 100], bake: ${BAKE_MS}ms, checks: [{ errors: "< 1%" }], minRequests: 0 }
    releases: { 1.0.0: {}, 2.0.0: {}, 3.0.0: { run: { env: { BAD: "1" } } } }
environments:
  here:
    current: { shop: 1.0.0 }
`
}
