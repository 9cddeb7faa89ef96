import {mkdtemp, realpath, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Event} from '../core/event/event.ts'
import type {Plan} from '../core/plan/plan.ts'
import {accountOfBroken, accountOfMigration, type DemoAccount} from './account.ts'
import {type CarriedOut, carryOut} from './carry-out.ts'
import {endEverything} from './end.ts'
import {type Load, startLoad} from './load.ts'
import {type Proxy, startHaproxy} from './proxy.ts'
import {type DemoDrivers, type DemoWorld, makeWorld} from './world.ts'

/** The acts of the demo, in order. */
export type Act = 'first' | 'migration' | 'broken'

/** Who shows the demo to people. */
export interface Audience {
  opened(world: DemoWorld, perSecond: number): void
  begins(act: Act): void
  planned(act: Act, plan: Plan): void
  happened(act: Act, event: Event): void
}

export interface DemoOptions extends DemoDrivers {
  /** Leaves the folder, for playing. The processes end all the same. */
  readonly keep: boolean
  readonly abort: AbortSignal
}

export interface DemoEnd {
  readonly account: DemoAccount
  readonly folder: string
}

/** Enough that a percent can be told, little enough for two cores that also run a dozen processes. */
const PER_SECOND = 150
/** Traffic before and after each act, so that its effects are in the count. */
const MARGIN_MS = 1000
const FIRST = {accounts: '1.0.0', orders: '1.0.0', catalog: '1.0.0', web: '1.0.0'}
const BROKEN = {accounts: '3.1.0'}

/**
 * A whole system on this machine: four repositories, real processes, real traffic; a migration in four waves, and a
 * broken release that is taken back. Everything it starts is ended, whatever happens.
 */
export async function demo(options: DemoOptions, audience: Audience): Promise<Result<DemoEnd>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-demo-')))
  let isKept = false
  try {
    const made = await makeWorld(folder, options)
    if (!made.ok) return made
    isKept = options.keep
    return await show(made.value, options, audience)
  } catch (error) {
    // Ctrl-C in a terminal ends every git that we have started, too: what fails for that is nobody's fault.
    if (options.abort.aborted) return fail(STOPPED)
    throw error
  } finally {
    if (!isKept) await rm(folder, {recursive: true, force: true})
  }
}

const STOPPED = failure('halted', {message: 'the demo was stopped'})

async function show(world: DemoWorld, options: DemoOptions, audience: Audience): Promise<Result<DemoEnd>> {
  const {folder} = world
  audience.opened(world, PER_SECOND)
  let load: Load | undefined
  let proxy: Proxy | undefined
  try {
    if (options.balancer === 'haproxy') {
      const started = await startHaproxy(folder, world.proxy)
      if (!started.ok) return started
      proxy = started.value
    }
    const first = await act('first', FIRST, 'the first releases')
    if (!first.ok) return first
    if (first.value.outcome.state !== 'succeeded') return fail(first.value.outcome.failure)
    const migration = await underLoad('migration', {}, 'a new version of accounts-api')
    if (!migration.ok) return migration
    const [migrated, costOfMigration] = migration.value
    if (migrated.outcome.state !== 'succeeded') return fail(migrated.outcome.failure)
    const broken = await underLoad('broken', BROKEN, 'a release that answers 500')
    if (!broken.ok) return broken
    const [taken, costOfBroken] = broken.value
    return ok({
      folder,
      account: {
        migration: accountOfMigration(migrated, costOfMigration),
        broken: accountOfBroken(taken, costOfBroken),
      },
    })
  } finally {
    await load?.stop()
    await endEverything(world)
    await proxy?.stop()
    await world.images?.remove()
  }

  async function act(name: Act, to: Readonly<Record<string, string>>, reason: string): Promise<Result<CarriedOut>> {
    audience.begins(name)
    const watcher = {
      planned: (plan: Plan) => audience.planned(name, plan),
      happened: (event: Event) => audience.happened(name, event),
    }
    const done = await carryOut(world.config, to, reason, watcher, options.abort)
    return options.abort.aborted ? fail(STOPPED) : done
  }

  async function underLoad(
    name: Act,
    to: Readonly<Record<string, string>>,
    reason: string,
  ): Promise<Result<readonly [CarriedOut, Awaited<ReturnType<Load['stop']>>]>> {
    load = startLoad(world.front, PER_SECOND)
    await pause(MARGIN_MS)
    const done = await act(name, to, reason)
    await pause(MARGIN_MS)
    const seen = await load.stop()
    load = undefined
    return done.ok ? ok([done.value, seen]) : done
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
