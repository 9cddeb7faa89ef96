import {Agent, request} from 'undici'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import type {Status} from '../../src/core/rollout/status.ts'
import {poolIdOf} from '../../src/core/rollout/pool.ts'
import type {Instance} from './processes.ts'
import {ENDS, type System, type There} from './system.ts'

/** Instances that were killed in this round. Nobody has to have replaced those of the release that is there in the end. */
export type Killed = readonly Instance[]

/** Enough to meet every instance that has a share. */
const ASKED = 40

/**
 * What does not agree, of the record, `status`, what runs by the table of processes and who answers behind the balancer,
 * now that the system is said to be there. Empty where all of it does.
 */
export async function untruths(system: System, there: There, killed: Killed): Promise<readonly string[]> {
  return [
    ...(await untrueRecord(system, there)),
    ...(await untrueStatus(system, there, killed)),
    ...untrueProcesses(system, there, killed),
    ...(await untrueAnswers(system, there)),
  ]
}

async function untrueRecord(system: System, there: There): Promise<readonly string[]> {
  const latest = await shown<RolloutShown>(system, 'rollout', 'show')
  const {rollouts} = await shown<{rollouts: readonly RolloutShown[]}>(system, 'rollout', 'list')
  const open = rollouts.filter(({endedAt}) => endedAt === null)
  const undone = latest.steps.filter(({state}) => state !== 'succeeded')
  return [
    ...(latest.state === 'succeeded' ? [] : [`the record ${latest.id} says ${latest.state}, and should ${there}`]),
    ...undone.map(({id, state}) => `step ${id} of ${latest.id} is ${state}`),
    ...(latest.holder ? [`${latest.id} is held by ${latest.holder.pid}, who is dead`] : []),
    ...open.map(({id, state}) => `rollout ${id} has not ended: ${state}`),
  ]
}

async function untrueStatus(system: System, there: There, killed: Killed): Promise<readonly string[]> {
  const {services, orphans = []} = await shown<Status>(system, 'status', '--sample', '0s')
  const running = system.instances()
  const found = orphans.map(orphan => `an orphan: ${JSON.stringify(orphan)}`)
  for (const {service, state, pools} of services) {
    const wanted = ENDS[there][service]
    if (!state || poolIdOf(state) !== wanted) found.push(`status says ${service} is at ${JSON.stringify(state)}`)
    const [pool, ...more] = pools
    const others = more.map(({release}) => release)
    if (pool?.release !== wanted || others.length > 0)
      found.push(`status shows ${service} as ${pool?.release} with ${others.join(', ') || 'nothing'}`)
    if (pool && pool.share.asked !== 100) found.push(`status says ${pool.share.asked}% of ${service} ${pool.release}`)
    const said = (pool?.instances ?? []).filter(one => !killed.some(({address}) => address === one.address))
    const ill = said.filter(({healthy, weight}) => !healthy || weight === 0)
    found.push(...ill.map(one => `status says ${service} ${JSON.stringify(one)}`))
    const real = running.filter(one => one.service === service).map(({address}) => address)
    if (sorted(said.map(({address}) => address)) !== sorted(real))
      found.push(`status has ${service} at ${JSON.stringify(said)}, and it runs at ${real.join(', ')}`)
  }
  return found
}

function untrueProcesses(system: System, there: There, killed: Killed): readonly string[] {
  const running = system.instances().map(named)
  const wanted = Object.entries(ENDS[there]).flatMap(([service, pool]) => {
    const lost = killed.filter(one => named(one) === `${service} ${pool}`).length
    return Array.from({length: (REPLICAS[service] ?? 1) - lost}, () => `${service} ${pool}`)
  })
  return sorted(running) === sorted(wanted)
    ? []
    : [`there should run ${sorted(wanted)}, and there does ${sorted(running)}`]
}

/** Everything else has one. */
const REPLICAS: Readonly<Record<string, number>> = {accounts: 2}

function named({service, pool}: Instance): string {
  return `${service} ${pool}`
}

/** Who answers where the clients ask. */
async function untrueAnswers({listens}: System, there: There): Promise<readonly string[]> {
  const dispatcher = new Agent({connections: 4})
  const found: string[] = []
  for (const [service, address] of Object.entries(listens)) {
    const release = ENDS[there][service]?.split('~')[0]
    for (let asked = 0; asked < ASKED; asked++) {
      const {headers, body} = await request(`http://${address}/healthz`, {dispatcher})
      await body.dump()
      if (headers['x-release'] !== release)
        found.push(`${service} ${String(headers['x-release'])} answers at ${address}`)
    }
  }
  await dispatcher.close()
  return [...new Set(found)]
}

async function shown<T>({rig}: System, ...args: readonly string[]): Promise<T> {
  const {code, stdout, stderr} = await rig.sluice(...args, '--json')
  if (code !== 0) throw new Error(`sluice ${args.join(' ')} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}

function sorted(texts: readonly string[]): string {
  return texts.toSorted().join(', ')
}

/** Hooks that were not run once each, since line `since` of their log. */
export async function hooksAmiss(system: System, since: number): Promise<readonly string[]> {
  const lines = (await system.hooks()).slice(since)
  const times = new Map<string, {begun: number; ended: number}>()
  for (const {name, what} of lines) {
    const seen = times.get(name) ?? {begun: 0, ended: 0}
    seen[what]++
    times.set(name, seen)
  }
  return [...times].flatMap(([name, {begun, ended}]) =>
    ended === 1 ? [] : [`the hook of ${name} was begun ${begun} times and ended ${ended} times`],
  )
}
