import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {Result} from '../../src/core/base/result.ts'
import type {Plan} from '../../src/core/plan/plan.ts'
import type {Recorded, Who} from '../../src/core/rollout/record.ts'
import type {Request} from '../../src/core/rollout/request.ts'
import type {Claim, Lease, RolloutHead, State} from '../../src/ports/state.ts'

/** How one driver's state is tried. */
export interface StateRig {
  /** One process's way to the record; every call is another process at the same record. */
  open(): Promise<State>
  /** Lets so much time pass that a lease of `ttlMs` is over. */
  expire(ttlMs: number): Promise<void>
  end(): Promise<void>
}

/** What every record does, whatever it is kept in. */
export function stateConformance(driver: string, openRig: () => Promise<StateRig>): void {
  describe(`a state: ${driver}`, () => {
    let rig: StateRig
    let state: State
    let other: State
    const open: State[] = []

    beforeEach(async () => {
      rig = await openRig()
      open.push((state = await rig.open()), (other = await rig.open()))
    })

    afterEach(async () => {
      for (const one of open.splice(0)) await one.close()
      await rig.end()
    })

    const acquire = async (difference: Partial<Claim> = {}, by = state) => valueOf(await by.acquire(claim(difference)))
    const begin = async (lease: Lease, id = 'r1') => valueOf(await state.begin(lease, head(id), [BEGUN]))

    it('knows nothing at first', async () => {
      expect(valueOf(await state.leases('prod'))).toEqual([])
      expect(valueOf(await state.list('prod', 10))).toEqual([])
      expect(valueOf(await state.kept('prod'))).toEqual([])
      expect(valueOf(await state.newest('prod'))).toBeUndefined()
      expect(valueOf(await state.later('prod', 'r1', 0))).toEqual([])
      expect(codeOf(await state.load('prod', 'r1'))).toBe('not-found')
      expect(codeOf(await state.load('prod', 'latest'))).toBe('not-found')
      expect(codeOf(await state.head('prod', 'r1'))).toBe('not-found')
      expect(valueOf(await state.tails('prod', 10))).toEqual([])
    })

    it('gives a lease to one of two who move the same service', async () => {
      const lease = await acquire()
      expect(lease).toMatchObject({environment: 'prod', owner: ANNA, rollout: 'r1', reason: 'apply', moves: ['a']})
      expect(lease.expiresAt - lease.since).toBe(60_000)
      const refused = await other.acquire(claim({owner: BEN}))
      expect(codeOf(refused)).toBe('locked')
      expect(valueOf(await other.leases('prod'))).toEqual([lease])
    })

    it('says who holds it', async () => {
      await acquire()
      const refused = await other.acquire(claim({owner: BEN}))
      expect(refused.ok ? '' : refused.failure.message).toContain('anna')
    })

    it('gives leases to two who do not concern each other, also in other environments', async () => {
      await acquire({moves: ['a'], touches: ['a', 'b']})
      await acquire({moves: ['c'], touches: ['c', 'b'], owner: BEN}, other)
      await acquire({environment: 'test'}, other)
      expect(codeOf(await other.acquire(claim({moves: ['b'], touches: ['a', 'b', 'c']})))).toBe('locked')
    })

    it('gives higher fences, also after one was given back', async () => {
      const first = await acquire()
      valueOf(await state.release(first))
      const second = await acquire()
      valueOf(await state.release(second))
      valueOf(await state.release(second))
      const third = await acquire({}, other)
      expect(second.fence).toBeGreaterThan(first.fence)
      expect(third.fence).toBeGreaterThan(second.fence)
    })

    it('gives an expired lease to the next, and shuts the old holder out', async () => {
      const old = await acquire({ttlMs: 30})
      await begin(old)
      await rig.expire(30)
      const next = await acquire({owner: BEN}, other)
      expect(codeOf(await state.append(old, 'r1', [RESUMED]))).toBe('locked')
      expect(codeOf(await state.renew(old, 60_000))).toBe('locked')
      expect(codeOf(await state.begin(old, head('r2'), [BEGUN]))).toBe('locked')
      valueOf(await state.release(old))
      expect(valueOf(await other.append(next, 'r1', [RESUMED]))).toMatchObject([{seq: 2, fence: next.fence}])
    })

    it('lets a holder that was late go on where nobody took its lease', async () => {
      const lease = await acquire({ttlMs: 30})
      await begin(lease)
      await rig.expire(30)
      const renewed = valueOf(await state.renew(lease, 60_000))
      expect(renewed.fence).toBe(lease.fence)
      expect(codeOf(await other.acquire(claim({owner: BEN})))).toBe('locked')
      valueOf(await state.append(renewed, 'r1', [RESUMED]))
    })

    it('hands a lease over to whoever names its fence, once', async () => {
      const old = await acquire()
      const next = await acquire({owner: BEN, takeover: old.fence}, other)
      expect(codeOf(await other.acquire(claim({takeover: old.fence})))).toBe('locked')
      expect(codeOf(await state.renew(old, 60_000))).toBe('locked')
      expect(valueOf(await state.leases('prod'))).toEqual([next])
    })

    it('gives one lease where many ask at once', async () => {
      const asked = await Promise.all([state, other, state, other].map(one => one.acquire(claim({}))))
      expect(asked.filter(({ok}) => ok)).toHaveLength(1)
    })

    it('keeps records in order, without a gap, for whoever comes later', async () => {
      const lease = await acquire()
      await begin(lease)
      const appended = valueOf(await state.append(lease, 'r1', [STARTED, INTENDED]))
      expect(appended.map(({seq}) => seq)).toEqual([2, 3])
      const rollout = valueOf(await other.load('prod', 'r1'))
      expect(rollout).toMatchObject(head('r1'))
      expect(rollout.entries.map(({record}) => record)).toEqual([BEGUN, STARTED, INTENDED])
      expect(rollout.entries.slice(1)).toEqual(appended)
    })

    it('keeps the records of two rollouts apart', async () => {
      const [a, b] = [await acquire(), await acquire({moves: ['z'], touches: ['z']}, other)]
      await begin(a, 'r1')
      valueOf(await other.begin(b, head('r2', 2), [BEGUN]))
      await Promise.all(
        [1, 2, 3, 4].flatMap(() => [state.append(a, 'r1', [STARTED]), other.append(b, 'r2', [INTENDED])]),
      )
      const codes = async (id: string) => valueOf(await state.load('prod', id)).entries.map(({record}) => record.code)
      expect(await codes('r1')).toEqual(['rollout-begun', ...Array.from({length: 4}, () => 'step-started')])
      expect(await codes('r2')).toEqual(['rollout-begun', ...Array.from({length: 4}, () => 'act-intended')])
      expect(valueOf(await state.load('prod', 'latest')).id).toBe('r2')
      expect(valueOf(await state.list('prod', 10)).map(({id}) => id)).toEqual(['r2', 'r1'])
      expect(valueOf(await state.list('prod', 1)).map(({id}) => id)).toEqual(['r2'])
      expect(valueOf(await state.list('test', 10))).toEqual([])
    })

    it('tells what was added after an entry, and which rollout began last', async () => {
      const lease = await acquire()
      await begin(lease)
      const [first, second] = valueOf(await state.append(lease, 'r1', [STARTED, INTENDED]))
      expect(valueOf(await other.later('prod', 'r1', 1))).toEqual([first, second])
      expect(valueOf(await other.later('prod', 'r1', 2))).toEqual([second])
      expect(valueOf(await other.later('prod', 'r1', 3))).toEqual([])
      expect(valueOf(await other.newest('prod'))).toBe('r1')
      valueOf(await state.begin(lease, head('r2', 2), [BEGUN]))
      expect(valueOf(await other.newest('prod'))).toBe('r2')
      expect(valueOf(await other.newest('test'))).toBeUndefined()
    })

    it('tells of each rollout its last entry, newest first, and its head without any', async () => {
      const lease = await acquire()
      await begin(lease)
      valueOf(await state.append(lease, 'r1', [STARTED, INTENDED]))
      valueOf(await state.begin(lease, head('r2', 2), [BEGUN]))
      const [first, second] = [
        {id: 'r1', startedAt: 1, last: {seq: 3, fence: lease.fence, record: INTENDED}},
        {id: 'r2', startedAt: 2, last: {seq: 1, fence: lease.fence, record: BEGUN}},
      ]
      expect(valueOf(await other.tails('prod', 10))).toMatchObject([second, first])
      expect(valueOf(await other.tails('prod', 1))).toMatchObject([second])
      expect(valueOf(await other.tails('test', 10))).toEqual([])
      expect(valueOf(await other.head('prod', 'r1'))).toEqual(head('r1'))
      expect(codeOf(await other.head('test', 'r1'))).toBe('not-found')
    })

    it('does not begin the same rollout twice', async () => {
      const lease = await acquire()
      await begin(lease)
      expect(codeOf(await state.begin(lease, head('r1'), [BEGUN]))).toBe('state-failed')
      expect(valueOf(await state.load('prod', 'r1')).entries).toHaveLength(1)
    })

    it('keeps where a service stands together with the record that says so', async () => {
      const lease = await acquire()
      await begin(lease)
      const settled = {service: 'a', state: {release: '2.0.0', mode: 'v1'}, pool: '2.0.0~v1'}
      valueOf(await state.append(lease, 'r1', [SUCCEEDED], [settled]))
      expect(valueOf(await other.kept('prod'))).toMatchObject([{...settled, rollout: 'r1'}])
      await begin(lease, 'r2')
      valueOf(await state.append(lease, 'r2', [SUCCEEDED], [settled]))
      // Only started again: it was r1 that brought it there.
      expect(valueOf(await other.kept('prod'))).toMatchObject([{...settled, rollout: 'r1'}])
      valueOf(await state.append(lease, 'r1', [SUCCEEDED], [{service: 'a', state: null, pool: null}]))
      expect(valueOf(await other.kept('prod'))).toMatchObject([{service: 'a', state: null, pool: null}])
      expect(valueOf(await other.kept('test'))).toEqual([])
    })

    it('keeps neither where the lease is gone', async () => {
      const old = await acquire()
      await begin(old)
      await acquire({owner: BEN, takeover: old.fence}, other)
      const settled = {service: 'a', state: null, pool: null}
      expect(codeOf(await state.append(old, 'r1', [SUCCEEDED], [settled]))).toBe('locked')
      expect(valueOf(await other.load('prod', 'r1')).entries).toHaveLength(1)
      expect(valueOf(await other.kept('prod'))).toEqual([])
    })

    it('keeps requests for whoever carries the rollout out, in the order in which they came, without a lease', async () => {
      await begin(await acquire())
      valueOf(await other.ask('prod', 'r1', request('q1', {wish: {do: 'pause'}})))
      valueOf(await state.ask('prod', 'r1', request('q2', {wish: {do: 'promote', full: true}, reason: 'hotfix'})))
      const left = valueOf(await state.asked('prod', 'r1'))
      expect(left).toEqual([
        request('q1', {wish: {do: 'pause'}}),
        request('q2', {wish: {do: 'promote', full: true}, reason: 'hotfix'}),
      ])
      expect(valueOf(await other.asked('prod', 'r1'))).toEqual(left)
    })

    it('takes the same request left twice for one, whatever it says the second time', async () => {
      await begin(await acquire())
      valueOf(await state.ask('prod', 'r1', request('q1')))
      valueOf(await other.ask('prod', 'r1', request('q1', {wish: {do: 'resume'}})))
      await Promise.all([state, other, state].map(one => one.ask('prod', 'r1', request('q2'))))
      expect(valueOf(await state.asked('prod', 'r1'))).toEqual([request('q1'), request('q2')])
    })

    it('keeps the requests of two rollouts and of two environments apart', async () => {
      const lease = await acquire()
      await begin(lease)
      await begin(lease, 'r2')
      valueOf(await state.ask('prod', 'r1', request('q1')))
      valueOf(await state.ask('prod', 'r2', request('q1')))
      expect(valueOf(await state.asked('prod', 'r1'))).toHaveLength(1)
      expect(valueOf(await state.asked('prod', 'r2'))).toHaveLength(1)
      expect(valueOf(await state.asked('test', 'r1'))).toEqual([])
    })

    it('takes no request for a rollout that there is not', async () => {
      expect(codeOf(await state.ask('prod', 'r1', request('q1')))).toBe('not-found')
      await begin(await acquire())
      expect(codeOf(await state.ask('prod', 'r9', request('q1')))).toBe('not-found')
      expect(codeOf(await state.ask('test', 'r1', request('q1')))).toBe('not-found')
    })

    it('keeps requests beside the records, and through a change of holder', async () => {
      const old = await acquire()
      await begin(old)
      valueOf(await other.ask('prod', 'r1', request('q1')))
      const next = await acquire({owner: BEN, takeover: old.fence}, other)
      const heard = {code: 'request-heard', request: request('q1')} as const
      expect(codeOf(await state.append(old, 'r1', [heard]))).toBe('locked')
      valueOf(await other.append(next, 'r1', [heard]))
      expect(valueOf(await state.load('prod', 'r1')).entries.at(-1)?.record).toEqual(heard)
      expect(valueOf(await state.asked('prod', 'r1'))).toEqual([request('q1')])
    })

    it('keeps every character', async () => {
      const lease = await acquire({reason: `'; DROP TABLE lease; -- "ü" 🚀 \n`})
      valueOf(await state.begin(lease, head('r1'), [{...BEGUN, reason: `\u0000 \u2028 "x" 'y' \\ 🚀`}]))
      expect(valueOf(await other.leases('prod'))).toEqual([lease])
      expect(valueOf(await other.load('prod', 'r1')).entries[0]?.record).toMatchObject({
        reason: `\u0000 \u2028 "x" 'y' \\ 🚀`,
      })
    })
  })
}

const ANNA: Who = {name: 'anna', host: 'one', pid: 11, boot: 'b1', started: '1'}
const BEN: Who = {name: 'ben', host: 'two', pid: 22, boot: 'b2', started: '2'}

const BEGUN = {code: 'rollout-begun', by: ANNA, reason: 'apply'} as const satisfies Recorded
const RESUMED = {code: 'rollout-resumed', by: BEN} as const satisfies Recorded
const STARTED = {code: 'step-started', step: 'a-1'} as const satisfies Recorded
const INTENDED = {code: 'act-intended', step: 'a-1', act: {do: 'route', share: 5}} as const satisfies Recorded
const SUCCEEDED = {code: 'step-succeeded', step: 'a-1'} as const satisfies Recorded

function claim(difference: Partial<Claim>): Claim {
  return {
    environment: 'prod',
    rollout: 'r1',
    owner: ANNA,
    reason: 'apply',
    moves: ['a'],
    touches: ['a'],
    ttlMs: 60_000,
    ...difference,
  }
}

function request(id: string, difference: Partial<Request> = {}): Request {
  return {id, by: BEN, at: 5, wish: {do: 'abort'}, ...difference}
}

function head(id: string, startedAt = 1): RolloutHead {
  const plan: Plan = {
    sluicePlan: 1,
    system: 'shop',
    environment: 'prod',
    fingerprint: 'sha256:0',
    optimal: true,
    steps: [],
  }
  return {id, environment: 'prod', plan, startedAt}
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.code
}
