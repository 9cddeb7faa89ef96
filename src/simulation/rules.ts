import type {Compatible} from '../core/graph/compatible.ts'
import {compatibleIn, serversOf} from '../core/graph/compatible.ts'
import {sameState, speechOf} from '../core/graph/states.ts'
import type {ContractName, ServiceName, Speech, State} from '../core/graph/system.ts'
import type {StepId} from '../core/plan/plan.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Entry} from '../core/rollout/record.ts'
import {spareOf} from '../core/config/size.ts'
import type {Land} from './land.ts'

/** What must hold after every single act, whatever has failed: the promises of a rollout. */
export function rules(land: Land): () => void {
  const compatible = compatibleIn(land.scene.system)
  const servers = serversOf(land.scene.system)
  const speeches = new Map<string, Speech>()

  const speech = (service: ServiceName, state: State): Speech => {
    const key = `${service} ${poolIdOf(state)}`
    const known = speeches.get(key) ?? speechOf(land.scene.system.services.get(service)!, state)
    speeches.set(key, known)
    return known
  }

  return () => {
    const serving = statesServing(land)
    const clash = clashIn(serving, servers, compatible, speech)
    const broken =
      clash ??
      [...land.scene.services.keys()]
        .map(service => weightsBroken(land, service) ?? crowded(land, service))
        .find(Boolean)
    if (broken) land.violations.push(broken)
  }
}

/** The states of each service that may get a request now. */
export function statesServing(land: Land): ReadonlyMap<ServiceName, readonly State[]> {
  return new Map(
    [...land.scene.services.keys()].map(service => [
      service,
      poolsServing(land, service).map(pool => land.stateOf(service, pool)),
    ]),
  )
}

function poolsServing(land: Land, service: ServiceName): readonly PoolId[] {
  if (land.scene.services.get(service)?.route) {
    return [...land.balancer.pools(service)].flatMap(([id, {share}]) => (share > 0 ? [id] : []))
  }
  return [...new Set(land.runtime.instances.flatMap(one => (one.service === service ? [one.pool] : [])))]
}

function clashIn(
  serving: ReadonlyMap<ServiceName, readonly State[]>,
  servers: ReadonlyMap<ContractName, readonly ServiceName[]>,
  compatible: Compatible,
  speech: (service: ServiceName, state: State) => Speech,
): string | undefined {
  for (const [client, states] of serving) {
    for (const state of states) {
      const spoken = speech(client, state)
      for (const contract of spoken.consumes.keys()) {
        for (const server of servers.get(contract) ?? []) {
          for (const other of serving.get(server) ?? []) {
            if (!compatible(spoken, speech(server, other), contract)) {
              return `${client} ${poolIdOf(state)} and ${server} ${poolIdOf(other)} clash on ${contract}, and both have traffic`
            }
          }
        }
      }
    }
  }
  return undefined
}

/** Shares add up, and lead to instances that are there. */
function weightsBroken({balancer, runtime}: Land, service: ServiceName): string | undefined {
  const pools = balancer.pools(service)
  const total = [...pools.values()].reduce((sum, {share}) => sum + share, 0)
  if (pools.size > 0 && Math.abs(total - 100) > 0.01) return `the shares of ${service} add up to ${total}`
  const instances = runtime.instances.filter(one => one.service === service)
  for (const [id, {share, addresses}] of pools) {
    if (share === 0) continue
    if (addresses.length === 0) return `${service} ${id} has ${share}% and no address`
    const gone = addresses.find(address => !instances.some(one => one.address === address))
    if (gone !== undefined) return `${service} ${id} has ${share}%, and its instance ${gone} was stopped`
    const raw = instances.find(one => addresses.includes(one.address) && one.health === 'starting')
    if (raw) return `${service} ${id} has ${share}%, and ${raw.address} has not come up yet`
  }
  return undefined
}

/** A start that is asked for twice starts nothing twice. That no more are stopped than may be is looked at with each share. */
function crowded({runtime, scene}: Land, service: ServiceName): string | undefined {
  const replicas = scene.services.get(service)?.run?.replicas ?? 1
  const own = runtime.instances.filter(one => one.service === service)
  const count = (pool: PoolId) => own.filter(one => one.pool === pool).length
  const many = [...new Set(own.map(({pool}) => pool))].find(pool => count(pool) > replicas)
  return many && `${service} ${many} has ${count(many)} instances, and was to have ${replicas}`
}

/** Who is given a share is as large as the share needs: the capacity of a service never falls while it moves. */
export function tooFew({runtime, scene}: Land, service: ServiceName, pool: PoolId, share: number): string | undefined {
  const {run, rollout} = scene.services.get(service)!
  const there = runtime.instances.filter(one => one.service === service && one.pool === pool).length
  const replicas = run?.replicas ?? 1
  const needed = Math.floor((replicas * share) / 100) - spareOf(replicas, rollout)
  return there < needed ? `${service} ${pool} has ${share}%, and ${there} of ${needed} instances` : undefined
}

/** What must hold at the end: the world is what the record says, and nothing is left over. */
export function endRules(land: Land, ended: 'succeeded' | 'failed' | 'aborted'): readonly string[] {
  return [...recordBroken(land), ...leftOver(land, ended), ...goneStill(land)]
}

/** Whatever became of a rollout, nobody is answered 410 any more. */
function goneStill({scene, balancer}: Land): readonly string[] {
  return [...scene.services.keys()].flatMap(service =>
    balancer
      .gone(service)
      .map(({contract, major, share}) => `${share}% of ${contract} v${major} is answered 410 still`),
  )
}

/**
 * Nobody writes after the end, unless somebody has it tried again, nor with the number of a lease that somebody else has
 * taken over; and what was once taken back gets no traffic.
 */
function recordBroken({state}: Land): readonly string[] {
  return state.rollouts().flatMap(({id, entries}) => {
    const late = entries.find(({fence}, index) => fence < (entries[index - 1]?.fence ?? 0))
    return [
      ...afterEnd(entries).map(code => `${id} has ${code} after its end`),
      ...givenAgain(entries).map(step => `${id} gave traffic to ${step} again, which was taken back`),
      ...(late ? [`${id} was written to by holder ${late.fence}, after another had taken over`] : []),
    ]
  })
}

function afterEnd(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({record}, index) => {
    const isLast = entries[index - 1]?.record.code === 'rollout-ended'
    return isLast && record.code !== 'rollout-resumed' ? [record.code] : []
  })
}

function givenAgain(entries: readonly Entry[]): readonly StepId[] {
  const bad = new Set<StepId>()
  return entries.flatMap(({record}) => {
    if (record.code === 'taking-back') bad.add(record.step)
    if (record.code === 'request-heard' && record.request.wish.do === 'retry' && !record.refused) bad.clear()
    const isGiven = record.code === 'act-intended' && record.act.do === 'route' && record.act.share > 0
    return isGiven && bad.has(record.step) ? [record.step] : []
  })
}

function leftOver(land: Land, ended: 'succeeded' | 'failed' | 'aborted'): readonly string[] {
  const kept = new Map(land.state.standing().map(one => [one.service, one]))
  return [...land.scene.services.keys()].flatMap(service => {
    const one = kept.get(service)
    const start = land.scene.current.get(service) ?? null
    const state = one ? one.state : start
    const pool = one ? one.pool : start && poolIdOf(start)
    const target = land.scene.target.get(service)
    const broken: string[] = []
    if (ended === 'succeeded' && target !== undefined && !sameState(state, target))
      broken.push(`${service} is not at its target`)
    const running = [...new Set(land.runtime.instances.flatMap(i => (i.service === service ? [i.pool] : [])))]
    if (running.join() !== (pool ?? ''))
      broken.push(`${running.join(' and ') || 'nothing'} runs of ${service}, and the record says ${pool}`)
    if (state && pool && !sameState(land.stateOf(service, pool), state))
      broken.push(`${service} is in another mode than the record says`)
    const routed = [...land.balancer.pools(service).keys()]
    const wanted = land.scene.services.get(service)?.route ? (pool ?? '') : ''
    if (routed.join() !== wanted)
      broken.push(`the balancer has ${routed.join(' and ') || 'nothing'} of ${service}, and the record says ${pool}`)
    return broken
  })
}
