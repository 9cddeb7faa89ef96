import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../src/adapters/balancer/embedded/open.ts'
import {DEFAULT_SETTINGS} from '../../src/adapters/balancer/embedded/settings.ts'
import {signal} from '../../src/adapters/processes/identity.ts'
import {processTable} from '../../src/adapters/processes/machine.ts'
import type {MarkedProcess} from '../../src/adapters/processes/table.ts'
import {poolIdOf} from '../../src/core/rollout/pool.ts'
import type {Rig} from '../../test/support/rig.ts'

/** One instance, by the table of processes and by nothing that Sluice says. */
export interface Instance {
  readonly service: string
  readonly pool: string
  readonly address: string
  kill(): void
}

export function instancesIn(rig: Rig): readonly Instance[] {
  const boot = processTable.boot()
  return processTable
    .marked('TMPDIR', join(rig.folder, 'tmp'))
    .filter(one => one.leads && one.env('SLUICE_SERVICE') !== undefined && one.env('SLUICE_HOOK') === undefined)
    .map(one => ({
      service: one.env('SLUICE_SERVICE') ?? '',
      pool: poolOf(one),
      address: `127.0.0.1:${one.env('PORT')}`,
      kill: () => void signal({pid: one.pid, started: one.started, boot}, 'SIGKILL'),
    }))
}

/** Whoever answers on its socket is it: a standby that has taken over keeps the arguments of one. */
export async function killBalancerOf({folder}: Rig): Promise<number | undefined> {
  const own = {folder: join(folder, '.sluice', 'demo', 'balancer'), root: folder}
  const answer = await embedded({...own, program: balancerProgram(), settings: DEFAULT_SETTINGS}).ensure()
  if (!answer.ok) return undefined
  process.kill(answer.value.pid, 'SIGKILL')
  return Date.now()
}

export async function killEverythingOf(rig: Rig): Promise<number> {
  const at = Date.now()
  // The balancer's standby takes over, and starts another: until none is left.
  for (let found = balancersOf(rig); found.length > 0; found = balancersOf(rig))
    for (const pid of found) killIfThere(pid)
  await rig.sweep()
  return at
}

function balancersOf(rig: Rig): readonly string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && isBalancerOf(rig, name))
}

function killIfThere(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {}
}

/** The balancer, or its standby. */
function isBalancerOf({folder}: Rig, pid: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(folder) && words.some(word => word.endsWith('balancer.js'))
  } catch {
    return false
  }
}

function poolOf({env}: MarkedProcess): string {
  return poolIdOf({release: env('SLUICE_RELEASE') ?? '', mode: env('SLUICE_MODE') || null})
}
