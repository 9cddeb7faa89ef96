import type {Random} from '../../src/simulation/random.ts'
import type {Instance} from './processes.ts'
import type {Ended, System, There} from './system.ts'
import {towards} from './system.ts'
import {hooksAmiss, untruths} from './truth.ts'

/** What one round came to. */
export interface Round {
  readonly commandsKilled: number
  readonly instancesKilled: number
  readonly balancersKilled: number
  readonly machinesKilled: number
  /** Requests that were in flight in a balancer when it was killed, or came while nothing ran. */
  readonly lostWithThem: number
  /** Every command line, and how it ended. */
  readonly story: readonly string[]
  readonly wrong: readonly string[]
}

const [SOONEST_MS, LATEST_MS] = [150, 3500]
/** Done; taken back, since an instance of the new release was killed; nothing to resume; locked; a hook was cut off. */
const EXPECTED: readonly number[] = [0, 1, 2, 5, 6]
const INSTANCE_PLUGS = 0.25
const BALANCER_PLUGS = 0.25
const MACHINE_PLUGS = 0.3
/** What was in flight is known to be lost within so much time. */
const FLIGHT_MS = 1000
/** More tries than this to get to the end after the last plug, and nobody would call it done. */
const TRIES = 6

/** How often a round is cut off, and whether its balancer is killed besides. */
export interface Wanted {
  readonly plugs: number
  readonly balancers: boolean
  /** Everything is killed once, as when the machine is restarted. */
  readonly machines: boolean
}

/** Sets out for `there`, is cut off `plugs` times, each time goes on, and in the end is there, or says what is wrong. */
export async function plugRound(
  system: System,
  there: There,
  {plugs, balancers, machines}: Wanted,
  random: Random,
): Promise<Round> {
  const story: string[] = []
  const wrong: string[] = []
  const killed: Instance[] = []
  const deaths: Outage[] = []
  let outages = 0
  const [spoiledBefore, hooksBefore] = [system.load.seen().spoiled.length, (await system.hooks()).length]
  let [commands, isThere] = [0, false]
  let args = towards(there)

  async function go(afterMs?: number): Promise<Ended> {
    const ended = await system.sluice(args, afterMs)
    story.push(`${args[0] === 'apply' ? 'apply' : args.join(' ')} → ${ended.code ?? 'killed'} ${lastOf(ended.said)}`)
    // After a restart of the machine the newest rollout may be one that only started again what had run.
    isThere = ended.code === 0 && (outages === 0 || args[0] === 'apply')
    if (ended.code !== null && !EXPECTED.includes(ended.code))
      wrong.push(`a command ended with ${ended.code}: ${ended.said}`)
    // A record that says it is done is judged at once, not only when the round is over.
    if (isThere) wrong.push(...(await untruths(system, there, killed)))
    args = await next(system, there, ended, random)
    return ended
  }

  function killInstance(): void {
    const victim = spareInstance(system, random)
    if (!victim) return
    victim.kill()
    killed.push(victim)
    story.push(`killed ${victim.service} ${victim.pool} at ${victim.address}`)
  }

  async function killBalancer(): Promise<void> {
    const at = await system.killBalancer()
    if (at === undefined) return
    deaths.push({from: at, until: Promise.resolve(at)})
    story.push('killed the balancer')
  }

  /** What was killed before is started again with all the rest. */
  async function killMachine(): Promise<void> {
    const from = await system.killEverything()
    outages++
    deaths.push({from, until: system.served()})
    killed.splice(0)
    story.push('killed everything')
  }

  for (let plug = 0; plug < plugs && !isThere; plug++) {
    const hitsInstance = killed.length === 0 && random.chance(INSTANCE_PLUGS)
    const hitsBalancer = balancers && !hitsInstance && random.chance(BALANCER_PLUGS)
    const moment = random.whole(SOONEST_MS, LATEST_MS)
    const hitsMachine = machines && outages === 0 && !hitsInstance && !hitsBalancer && random.chance(MACHINE_PLUGS)
    const run = go((hitsInstance || hitsBalancer) && random.chance(0.5) ? undefined : moment)
    if (hitsInstance || hitsBalancer) await pause(random.whole(SOONEST_MS, moment))
    if (hitsMachine) await run.then(killMachine)
    if (hitsInstance) killInstance()
    if (hitsBalancer) await killBalancer()
    if ((await run).code === null) commands++
  }
  for (let tries = 0; !isThere && tries < TRIES; tries++) await go()
  if (!isThere) wrong.push('it did not come to its end')
  const spoiled = system.load.seen().spoiled.slice(spoiledBefore)
  const spans = await Promise.all(deaths.map(async ({from, until}) => ({from, until: await until})))
  const lost = spoiled.filter(({at}) => !spans.some(({from, until}) => at >= from && at < until + FLIGHT_MS))
  wrong.push(...lost.map(({why, at}) => `${new Date(at).toISOString()} ${why}`))
  wrong.push(...(await hooksAmiss(system, hooksBefore)))
  return {
    commandsKilled: commands,
    instancesKilled: killed.length,
    balancersKilled: deaths.length - outages,
    machinesKilled: outages,
    lostWithThem: spoiled.length - lost.length,
    story,
    wrong,
  }
}

/** A time in which requests are lost. */
interface Outage {
  readonly from: number
  readonly until: Promise<number>
}

function pause(ms: number): Promise<void> {
  return new Promise(done => setTimeout(done, ms))
}

/** One of two that carry the same; the other takes over. */
function spareInstance(system: System, random: Random) {
  const all = system.instances()
  const spare = all.filter(one =>
    all.some(other => other !== one && other.service === one.service && other.pool === one.pool),
  )
  return spare.length > 0 ? random.pick(spare) : undefined
}

/** What a person does next: goes on with it, begins again, or does what the command said. */
async function next(system: System, there: There, {code, said}: Ended, random: Random): Promise<readonly string[]> {
  // A release that was taken back is tried again on somebody's word: it was we who killed it.
  if (code === 1) return [...towards(there), '--again']
  const hook = /resume --hook "(.+?)"=done/.exec(said)?.[1]
  if (code === 6 && hook !== undefined)
    return ['rollout', 'resume', '--wait', '--waive', 'all', '--hook', `${hook}=${await fate(system, hook)}`]
  // There is nothing to resume where nothing was begun, or all of it had ended.
  if (code === 2) return towards(there)
  return random.chance(0.5) ? ['rollout', 'resume', '--wait', '--waive', 'all'] : towards(there)
}

/** Whether a hook that was cut off has run, as a person finds out. */
async function fate(system: System, hook: string): Promise<'done' | 'again'> {
  await pause(500)
  const last = (await system.hooks()).findLast(({name}) => name.endsWith(` ${hook}`))
  return last?.what === 'ended' ? 'done' : 'again'
}

function lastOf(said: string): string {
  return said.trimEnd().split('\n').slice(-2).join(' | ')
}
