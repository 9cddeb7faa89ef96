import {readFileSync} from 'node:fs'
import {request} from 'node:http'
import {identify} from '../../src/adapters/processes/identity.ts'
import {median} from '../median.ts'
import type {Embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import type {Figure} from '../figure.ts'

const KILLS = 10
/** In a start of a second nobody is refused either; but who waits for a tenth of one hardly notices. */
const MAX_BACK_MS = 200
/** A Node of its own that had loaded nothing has 7. */
const MAX_OWN_MB = 16

/** How soon a killed balancer answers again by its standby, and what that costs while it waits. */
export async function standby(balancer: Embedded, address: string): Promise<Figure[]> {
  const times: number[] = []
  const own: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const processes = await ready(balancer)
    own.push(ownMb(processes.standby))
    const killedAt = performance.now()
    process.kill(processes.pid, 'SIGKILL')
    // In its last microseconds it could still take a connection, which would be in flight.
    while (identify(processes.pid)) continue
    await answered(address)
    times.push(performance.now() - killedAt)
  }
  return [
    {
      name: 'balancer: from kill -9 to an answer on a new connection',
      value: median(times),
      unit: 'ms',
      limit: {max: MAX_BACK_MS},
      peer: `worst of ${KILLS}: ${Math.max(...times).toFixed(0)} ms; none refused`,
    },
    {
      name: 'balancer: memory of its standby that is not shared',
      value: median(own),
      unit: 'MB',
      limit: {max: MAX_OWN_MB},
    },
  ]
}

async function ready(balancer: Embedded): Promise<{readonly pid: number; readonly standby: number}> {
  for (;;) {
    const hello = await balancer.ensure()
    if (!hello.ok) throw new Error(hello.failure.message)
    const {pid, standby} = hello.value
    if (standby !== undefined) return {pid, standby}
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/** Fails where nobody listens, or the connection is cut. */
function answered(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address}/`, {agent: false}, answer => answer.resume().on('end', () => resolve()))
    asked.on('error', reject).end()
  })
}

function ownMb(pid: number): number {
  const kept = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kb = [...kept.matchAll(/^Private_(?:Clean|Dirty): *(\d+)/gm)].map(([, number]) => Number(number))
  return kb.reduce((sum, one) => sum + one, 0) / 1024
}
