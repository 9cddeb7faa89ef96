import {describe, expect, it} from 'vitest'
import type {Result} from '../../src/core/base/result.ts'
import {type Instance, type PoolSpec, poolIdOf, type Runtime} from '../../src/ports/runtime.ts'
import {eventually} from '../support/eventually.ts'

/** How one driver's runtime is tried; the program is test/fixtures/app/server.mjs in every one. */
export interface RuntimeRig {
  /** A driver that remembers nothing, on the place where the ones before it worked. */
  open(): Promise<Runtime>
  /** The pool, in whatever way this driver gets at the program. */
  pool(wish: PoolWish): PoolSpec
  /** Ends an instance from outside, as a crash or an operator would. */
  kill(instance: Instance): Promise<void>
  /** Ends everything, and fails when a test left something. */
  end(): Promise<void>
}

/** What a test cares about; anything else is as it should be for a good service. */
export interface PoolWish {
  readonly service?: string
  readonly release?: string
  readonly mode?: string
  readonly replicas?: number
  /** How the program behaves: see server.mjs. */
  readonly behaviour?: Readonly<Record<string, string>>
}

/** A pool with everything but how it is run; drivers add that. */
export function specOf(wish: PoolWish, run: PoolSpec['run']): PoolSpec {
  const state = {release: wish.release ?? '1.0.0', mode: wish.mode ?? null}
  return {
    system: 'shop',
    environment: 'test',
    service: wish.service ?? 'accounts',
    pool: poolIdOf(state),
    state,
    rollout: 'r1',
    replicas: wish.replicas ?? 1,
    run: {health: {path: '/healthz', timeoutMs: 30_000}, env: {...wish.behaviour}, ...run},
  }
}

/** What one test works with. */
interface Trial {
  readonly rig: RuntimeRig
  readonly runtime: Runtime
  start(wish?: PoolWish): Promise<PoolSpec>
  read(service?: string): Promise<readonly Instance[]>
  /** Waits for so many instances, all of them well. */
  healthy(count: number, service?: string): Promise<readonly Instance[]>
}

/**
 * What every runtime does, whatever it runs things with.
 * @param concurrent several tests at once: where most of the time is waiting, and each rig has a place of its own
 */
export function runtimeConformance(
  driver: string,
  openRig: () => Promise<RuntimeRig>,
  {concurrent = false}: {readonly concurrent?: boolean} = {},
): void {
  describe(`a runtime: ${driver}`, {concurrent}, () => {
    const trial = (name: string, work: (trial: Trial) => Promise<void>) =>
      it(name, async () => {
        const rig = await openRig()
        const runtime = await rig.open()
        const started: PoolSpec[] = []
        const read = async (service = 'accounts') => valueOf(await runtime.read(service))
        const start = async (wish: PoolWish = {}) => {
          const spec = rig.pool(wish)
          started.push(spec)
          valueOf(await runtime.start(spec))
          return spec
        }
        const healthy = (count: number, service = 'accounts') =>
          eventually(async () => {
            const instances = await read(service)
            return instances.length === count && instances.every(({health}) => health === 'healthy') && instances
          })
        try {
          await work({rig, runtime, start, read, healthy})
        } finally {
          for (const {service, pool} of started) await runtime.stop(service, pool, 0)
          await rig.end()
        }
      })

    trial('starts an instance that becomes healthy and says what it is', async ({start, healthy}) => {
      await start({release: '2.0.0', mode: 'v1'})
      const [instance] = await healthy(1)
      expect(instance).toMatchObject({
        service: 'accounts',
        pool: '2.0.0~v1',
        state: {release: '2.0.0', mode: 'v1'},
        rollout: 'r1',
      })
      expect(await answerOf(instance)).toMatchObject({service: 'accounts', release: '2.0.0', mode: 'v1'})
    })

    trial(
      'gives the same instances when started twice, one after the other or at once',
      async ({rig, runtime, start, healthy}) => {
        const spec = await start({replicas: 2})
        const first = await healthy(2)
        await Promise.all([runtime.start(spec), runtime.start(spec)])
        valueOf(await (await rig.open()).start(spec))
        expect((await healthy(2)).map(({id}) => id)).toEqual(first.map(({id}) => id))
      },
    )

    trial('runs replicas at addresses of their own', async ({start, healthy}) => {
      await start({replicas: 3})
      const instances = await healthy(3)
      expect(new Set(instances.map(({address}) => address)).size).toBe(3)
      expect(new Set(instances.map(({id}) => id)).size).toBe(3)
      const answers = await Promise.all(instances.map(answerOf))
      // In a container of its own, every program is process 1.
      expect(new Set(answers.map(({host, pid}) => `${host} ${pid}`)).size).toBe(3)
    })

    trial('brings a pool up to more replicas, and leaves the ones it has alone', async ({runtime, start, healthy}) => {
      const spec = await start({replicas: 1})
      const [first] = await healthy(1)
      valueOf(await runtime.start({...spec, replicas: 2}))
      expect((await healthy(2)).map(({id}) => id)).toContain(first?.id)
    })

    trial('is starting until it has been healthy, and unhealthy afterwards', async ({rig, start, read, healthy}) => {
      await start({behaviour: {APP_HEALTH: 'ill'}})
      const said503 = async () => {
        const [instance] = await read()
        return instance?.detail?.includes('503') && instance
      }
      const {address} = await eventually(said503)
      expect(await read()).toMatchObject([{health: 'starting'}])
      await fetch(`http://${address}/well`)
      await healthy(1)
      await fetch(`http://${address}/ill`)
      await eventually(said503)
      expect(await read()).toMatchObject([{health: 'unhealthy'}])
      expect(valueOf(await (await rig.open()).read('accounts'))).toMatchObject([{health: 'unhealthy'}])
      await fetch(`http://${address}/well`)
      await healthy(1)
    })

    trial('stops what was asked for only when its requests have ended', async ({runtime, start, read, healthy}) => {
      const {service, pool} = await start()
      const [instance] = await healthy(1)
      // Its head is here, so that it is under way whatever stands between; its end is half a second off.
      const slow = await fetch(`http://${instance?.address}/slow?ms=500`, {headers: {connection: 'close'}})
      valueOf(await runtime.stop(service, pool, 20_000))
      expect(await slow.json()).toMatchObject({service, release: '1.0.0'})
      expect(await read()).toEqual([])
      await expect(fetch(`http://${instance?.address}/`)).rejects.toThrow('fetch failed')
    })

    trial(
      'ends what does not end by itself, once its time to drain is over',
      async ({runtime, start, read, healthy}) => {
        const {service, pool} = await start({behaviour: {APP_TERM: 'ignore'}, replicas: 2})
        const instances = await healthy(2)
        valueOf(await runtime.stop(service, pool, 200))
        expect(await read()).toEqual([])
        await Promise.all(
          instances.map(({address}) => expect(fetch(`http://${address}/`)).rejects.toThrow('fetch failed')),
        )
      },
    )

    trial('may be told to stop twice, at once, or what was never there', async ({runtime, start, read, healthy}) => {
      const {service, pool} = await start()
      await healthy(1)
      for (const stopped of await Promise.all([runtime.stop(service, pool, 5000), runtime.stop(service, pool, 5000)])) {
        valueOf(stopped)
      }
      valueOf(await runtime.stop(service, pool, 5000))
      valueOf(await runtime.stop('nobody', '1.0.0', 5000))
      expect(await read()).toEqual([])
    })

    trial(
      'tells of one that crashed at start, and does not start another in its place',
      async ({runtime, start, read}) => {
        const spec = await start({behaviour: {APP_CRASH: '3'}})
        const [dead] = await eventually(async () => {
          const instances = await read()
          return instances[0]?.health === 'exited' && instances
        })
        expect(dead?.detail).toContain('code 3')
        expect(dead?.detail).toContain('cannot go on: asked to crash')
        valueOf(await runtime.start(spec))
        expect((await read()).map(({id, health}) => ({id, health}))).toEqual([{id: dead?.id, health: 'exited'}])
      },
    )

    trial('begins afresh when started after a stop', async ({runtime, start, read, healthy}) => {
      const spec = await start({behaviour: {APP_CRASH: '3'}})
      const [dead] = await eventually(async () => {
        const instances = await read()
        return instances.length > 0 && instances
      })
      valueOf(await runtime.stop(spec.service, spec.pool, 1000))
      expect(await read()).toEqual([])
      await start()
      const [fresh] = await healthy(1)
      expect(fresh?.id).not.toBe(dead?.id)
    })

    trial('tells of one that dies later, by itself or by somebody’s hand', async ({rig, start, read, healthy}) => {
      await start({behaviour: {APP_CRASH_AFTER: '500'}})
      await start({service: 'billing', replicas: 2})
      const [victim, other] = await healthy(2, 'billing')
      if (victim) await rig.kill(victim)
      const healthOf = async (id: string | undefined) => (await read('billing')).find(seen => seen.id === id)?.health
      await eventually(async () => (await healthOf(victim?.id)) === 'exited')
      expect(await healthOf(other?.id)).toBe('healthy')
      await eventually(async () => (await read())[0]?.health === 'exited')
    })

    trial('is found by a driver that remembers nothing', async ({rig, start, read, healthy}) => {
      const {service, pool} = await start({replicas: 2})
      const before = await healthy(2)
      const other = await rig.open()
      expect(valueOf(await other.read('accounts'))).toEqual(before)
      valueOf(await other.stop(service, pool, 5000))
      expect(await read()).toEqual([])
    })

    trial('keeps services and pools apart, and lists them all', async ({runtime, start, read, healthy}) => {
      const current = await start({release: '1.0.0'})
      const next = await start({release: '2.0.0', replicas: 2})
      await start({service: 'billing', release: '1.0.0'})
      await healthy(3)
      await healthy(1, 'billing')
      const all = valueOf(await runtime.list())
      expect(all.map(({service, pool}) => `${service} ${pool}`).sort()).toEqual([
        'accounts 1.0.0',
        'accounts 2.0.0',
        'accounts 2.0.0',
        'billing 1.0.0',
      ])
      valueOf(await runtime.stop(current.service, current.pool, 5000))
      expect((await read()).map(({pool}) => pool)).toEqual([next.pool, next.pool])
      expect(await read('billing')).toHaveLength(1)
    })
  })
}

/** What a good service answers at `/`. */
async function answerOf(instance: Instance | undefined): Promise<Answer> {
  // A kept connection would hold up a server that drains.
  const response = await fetch(`http://${instance?.address}/`, {headers: {connection: 'close'}})
  return (await response.json()) as Answer
}

interface Answer {
  readonly release: string
  readonly host: string
  readonly pid: number
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}
