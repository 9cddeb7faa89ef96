import type {Failure} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import {sameState} from '../core/graph/states.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {Recorded} from '../core/rollout/record.ts'
import type {Request} from '../core/rollout/request.ts'
import type {Clock} from '../ports/clock.ts'
import type {Claim, Kept, Lease, Rollout, Settled, State} from '../ports/state.ts'
import {contested} from '../ports/state.ts'

/** Also shows what is in it, without being asked as a driver. */
export interface MemoryState extends State {
  rollouts(): readonly Rollout[]
  standing(): readonly Kept[]
}

/** A record in memory that outlives the simulated processes, as a file would. Nothing in it is ever changed in place. */
export function memoryState(clock: Pick<Clock, 'now'>): MemoryState {
  let lastFence = 0
  let leases: readonly Lease[] = []
  const rollouts = new Map<string, Rollout>()
  const kept = new Map<string, Kept>()
  const requests = new Map<string, readonly Request[]>()

  const held = (lease: Lease) => leases.some(one => same(one, lease))
  const drop = (gone: Lease) => void (leases = leases.filter(one => !same(one, gone)))

  function acquire(claim: Claim): Result<Lease> {
    const taken = leases.find(one => one.environment === claim.environment && one.fence === claim.takeover)
    if (claim.takeover !== undefined && !taken) return fail(locked(`no lock ${claim.takeover}`))
    const others = leases.filter(one => one !== taken && one.environment === claim.environment)
    const inTheWay = others.filter(one => contested(claim, one) !== undefined)
    const inForce = inTheWay.find(one => one.expiresAt > clock.now())
    if (inForce) return fail(locked(`held by ${inForce.owner.name}`))
    for (const one of [...inTheWay, ...(taken ? [taken] : [])]) drop(one)
    const {ttlMs, takeover: _, ...rest} = claim
    const lease = {...rest, fence: ++lastFence, since: clock.now(), expiresAt: clock.now() + ttlMs}
    leases = [...leases, lease]
    return ok(lease)
  }

  function append(lease: Lease, id: string, records: readonly Recorded[], settled: readonly Settled[]) {
    if (!held(lease)) return fail(lost())
    const key = keyOf(lease.environment, id)
    const rollout = rollouts.get(key)
    if (!rollout) return fail(failure('state-failed', {message: `no rollout ${id}`}))
    const {length} = rollout.entries
    const at = clock.now()
    const entries = records.map((record, index) => ({seq: length + index + 1, at, fence: lease.fence, record}))
    rollouts.set(key, {...rollout, entries: [...rollout.entries, ...entries]})
    for (const one of settled) {
      const place = keyOf(lease.environment, one.service)
      const before = kept.get(place)
      const isThere = before?.state && one.state && sameState(before.state, one.state)
      kept.set(place, {...one, since: at, rollout: isThere ? before.rollout : id})
    }
    return ok(entries)
  }

  const newestFirst = (environment: string) =>
    [...rollouts.values()]
      .filter(one => one.environment === environment)
      .toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))

  return {
    acquire: async claim => acquire(claim),
    renew: async (lease, ttlMs) => {
      if (!held(lease)) return fail(lost())
      const renewed = {...lease, expiresAt: clock.now() + ttlMs}
      leases = leases.map(one => (same(one, lease) ? renewed : one))
      return ok(renewed)
    },
    release: async lease => ok(drop(lease)),
    leases: async environment => ok(leases.filter(one => one.environment === environment)),
    begin: async (lease, head, records) => {
      if (!held(lease)) return fail(lost())
      const key = keyOf(head.environment, head.id)
      if (rollouts.has(key)) return fail(failure('state-failed', {message: `${head.id} is there already`}))
      rollouts.set(key, {...head, entries: []})
      return append(lease, head.id, records, [])
    },
    append: async (lease, id, records, settled = []) => append(lease, id, records, settled),
    load: async (environment, id) => {
      const found = id === 'latest' ? newestFirst(environment)[0] : rollouts.get(keyOf(environment, id))
      return found ? ok(found) : fail(failure('not-found', {message: `no rollout ${id}`}))
    },
    head: async (environment, id) => {
      const found = rollouts.get(keyOf(environment, id))
      if (!found) return fail(failure('not-found', {message: `no rollout ${id}`}))
      const {entries: _, ...head} = found
      return ok(head)
    },
    tails: async (environment, limit) =>
      ok(
        newestFirst(environment)
          .slice(0, limit)
          .flatMap(({id, startedAt, entries}) => {
            const last = entries.at(-1)
            return last ? [{id, startedAt, last}] : []
          }),
      ),
    list: async (environment, limit) => ok(newestFirst(environment).slice(0, limit)),
    later: async (environment, id, seq) => ok(rollouts.get(keyOf(environment, id))?.entries.slice(seq) ?? []),
    newest: async environment => ok(newestFirst(environment)[0]?.id),
    ask: async (environment, id, request) => {
      const key = keyOf(environment, id)
      if (!rollouts.has(key)) return fail(failure('not-found', {message: `no rollout ${id}`}))
      const left = requests.get(key) ?? []
      if (!left.some(one => one.id === request.id)) requests.set(key, [...left, request])
      return ok(undefined)
    },
    asked: async (environment, id) => ok(requests.get(keyOf(environment, id)) ?? []),
    kept: async environment =>
      ok(
        [...kept]
          .filter(([key]) => key.startsWith(keyOf(environment, '')))
          .map(([, one]) => one)
          .toSorted(byService),
      ),
    close: async () => {},
    rollouts: () => [...rollouts.values()],
    standing: () => [...kept.values()],
  }
}

function same(a: Lease, b: Lease): boolean {
  return a.environment === b.environment && a.fence === b.fence
}

function byService(a: Kept, b: Kept): number {
  return a.service < b.service ? -1 : 1
}

function keyOf(environment: string, name: string): string {
  return `${environment}/${name}`
}

function lost(): Failure {
  return locked('the lock was lost')
}

function locked(message: string): Failure {
  return failure('locked', {message})
}
