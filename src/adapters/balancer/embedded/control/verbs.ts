import {setTimeout as sleep} from 'node:timers/promises'
import {failure} from '../../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../../core/base/result.ts'
import type {Balanced} from '../../../../ports/balancer.ts'
import {countersOf} from '../counts/meter.ts'
import {
  admitted,
  attached,
  brownedOut,
  detached,
  goneIn,
  routed,
  type ServiceEntry,
  type Table,
} from '../table/table.ts'
import type {Pool} from '../traffic/pool.ts'
import type {Service} from '../traffic/service.ts'
import {CHANGES, type Control} from './control.ts'
import type {Answers, Asking, RequestOf} from './protocol.ts'

/** Answers one question. */
export type Verbs = {readonly [A in Asking]: (request: RequestOf<A>) => Promise<Result<Answers[A]>>}

const DRAIN_POLL_MS = 20

/** Every verb of the protocol; changes take their turn. */
export function createVerbs(control: Control, hello: () => Answers['hello']): Verbs {
  const change = (service: string, fence: number | undefined, next: (table: Table) => Result<Table>) =>
    control.inTurn(CHANGES, () => applyChange(control, service, fence, next))
  return {
    hello: async () => ok(hello()),
    attach: ({service, pool, fence}) => change(service.name, fence, table => attached(table, service, pool)),
    route: ({service, shares, fence}) => change(service.name, fence, table => routed(table, service, shares)),
    read: async ({service, fence}) => {
      const seen = await change(service, fence, ok)
      return seen.ok ? readService(control, service) : seen
    },
    detach: async ({service, pool, deadline, fence}) => {
      const seen = await change(service, fence, ok)
      if (!seen.ok) return seen
      const allowed = detached(control.table, service, pool)
      if (!allowed.ok) return allowed
      const leaving = control.traffic.service(service)?.pool(pool)
      // The only pool goes on getting requests until its service stops listening.
      const isLast = allowed.value.services.every(({name}) => name !== service)
      if (!isLast) await drained(leaving, deadline)
      const changed = await change(service, fence, table => detached(table, service, pool))
      await drained(leaving, deadline)
      return changed
    },
    brownOut: ({service, gone, fence}) => change(service, fence, table => brownedOut(table, service, gone, Date.now())),
    evidence: async ({contract, major}) => ok(control.tally.evidence(contract, major)),
    counted: async () => {
      const counted = control.tally.counted()
      // What was told once must still be there after a kill -9, or it would be counted a second time.
      await control.keepTallies()
      return ok(counted)
    },
    shutdown: async ({limitMs}) => {
      control.shutDown(limitMs)
      return ok(hello())
    },
  }
}

/** Addresses first, then the disk, then the traffic: what could fail comes before what cannot be taken back. */
async function applyChange(
  control: Control,
  service: string,
  fence: number | undefined,
  next: (table: Table) => Result<Table>,
): Promise<Result<null>> {
  const mine = admitted(control.table, service, fence)
  if (!mine.ok) return mine
  const wanted = next(mine.value)
  if (!wanted.ok) return wanted
  if (wanted.value === control.table) return ok(null)
  const prepared = await control.traffic.prepare(wanted.value)
  if (!prepared.ok) return prepared
  try {
    await control.save(wanted.value)
  } catch (error) {
    control.traffic.discard(prepared.value)
    return fail(failure('balancer-failed', {message: `the balancer cannot keep its table: ${String(error)}`}))
  }
  await control.traffic.release(wanted.value)
  control.table = wanted.value
  control.traffic.follow(wanted.value, prepared.value)
  control.brownouts.follow(wanted.value.gone ?? {})
  for (const {name, calls} of wanted.value.services) control.tally.watch(name, calls)
  return ok(null)
}

async function drained(pool: Pool | undefined, deadline: number): Promise<void> {
  const busy = () => pool !== undefined && pool.inFlight > 0
  while (busy() && Date.now() < deadline) await sleep(DRAIN_POLL_MS)
}

function readService(control: Control, name: string): Result<Balanced> {
  const entry = control.table.services.find(service => service.name === name)
  const gone = goneIn(control.table, name, Date.now()).map(({contract, major, share}) => ({contract, major, share}))
  if (!entry) return ok({pools: [], gone})
  const service = control.traffic.service(name)
  if (service)
    return ok({
      pools: entry.pools.map(pool => readPool(service, entry, pool.id)).filter(pool => pool !== undefined),
      gone,
    })
  return fail(failure('balancer-failed', {message: `${name} is known, but ${entry.listen} cannot be listened on`}))
}

function readPool(service: Service, entry: ServiceEntry, id: string): Balanced['pools'][number] | undefined {
  const share = entry.pools.find(pool => pool.id === id)?.share ?? 0
  const pool = service.pool(id)
  if (!pool) return undefined
  const servers = pool.servers.map(({name, inFlight}) => ({
    address: name,
    weight: share / pool.servers.length,
    inFlight,
  }))
  return {id, servers, share, counters: countersOf(pool.meter)}
}
