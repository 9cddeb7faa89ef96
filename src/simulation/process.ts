import type {FailureCode} from '../core/base/failure.ts'
import {failure} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import {fail, ok} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {PoolId} from '../core/rollout/pool.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import type {Act, Who} from '../core/rollout/record.ts'
import type {Deps} from '../engine/rollout.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Clock} from '../ports/clock.ts'
import type {Runtime} from '../ports/runtime.ts'
import type {State} from '../ports/state.ts'
import type {CallFault, CrashPoint, Driver} from './faults.ts'
import type {Land} from './land.ts'
import {tried} from './land.ts'
import {intendsShares, intentionBehind, mayRunAgain, repeats} from './intention.ts'
import {tooFew} from './rules.ts'

/** A process that carries a rollout out in the simulation, and may be killed or frozen at any instant. */
export interface Process {
  readonly who: Who
  readonly deps: Deps
  readonly pause: AbortController
  readonly abort: AbortController
  isDead(): boolean
  isFrozen(): boolean
  kill(): void
  freeze(ms: DurationMs): void
  /** How many calls that write it has made. */
  writes(): number
}

/** What a dead process waits for. */
const NEVER = new Promise<never>(() => {})

export function startProcess(
  land: Land,
  pid: number,
  crash: CrashPoint | undefined,
  fault: () => CallFault | undefined,
  check: () => void,
  deathIsKnown: boolean,
): Process {
  const {time} = land
  const who: Who = {name: 'operator', host: 'here', pid, boot: 'b', started: String(pid)}
  let isDead = false
  let frozenAt: DurationMs | undefined
  let frozenUntil: DurationMs = 0
  let writes = 0

  function kill(): void {
    if (isDead) return
    isDead = true
    tried(land, 'kill')
    land.dead.add(pid)
    land.note(`${pid} is killed`)
  }

  function freeze(ms: DurationMs): void {
    frozenAt = time.monotonic()
    frozenUntil = frozenAt + ms
    tried(land, 'freeze')
    land.note(`${pid} is frozen for ${ms}ms`)
  }

  const strike = ({is}: CrashPoint) => (is === 'kill' ? kill() : freeze(FREEZE_MS))

  /** Where a stopped process stands until it goes on, and a dead one for ever. */
  async function alive(): Promise<void> {
    // Whoever is dead by then has nothing to wake up for.
    while (frozenUntil > time.monotonic()) await time.sleep(frozenUntil - time.monotonic())
    if (isDead) await NEVER
  }

  /** In the instant of the freeze, what is asked of the runtime has left already; see {@link momentOf}. */
  const hasLeft = (driver: Driver) => driver === 'runtime' && frozenAt === time.monotonic() && !isDead

  async function call<T>(
    driver: Driver,
    what: string,
    isWrite: boolean,
    effect: () => Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (isDead) return NEVER
    const isPoint = isWrite && ++writes === crash?.at
    if (isPoint && momentOf(crash, driver) === 'before') strike(crash)
    if (!hasLeft(driver)) await alive()
    const wrong = isDown(land, driver) ? 'refused' : fault()
    if (wrong) tried(land, wrong)
    if (isWrite || wrong) land.note(`${pid} ${driver} ${what}${wrong ? ` (${wrong})` : ''}`)
    if (wrong === 'refused') return fail(failed(driver, 'refused'))
    if (wrong === 'hangs') land.queues[driver].hang(15_000)
    const twice = isWrite && wrong === 'done-twice' && !isAskedOnce(driver, what)
    const answer = await land.queues[driver].run(() => done(effect, isWrite, twice))
    if (isPoint && momentOf(crash, driver) === 'after') strike(crash)
    if (wrong === 'answers-late') await time.sleep(LATE_MS)
    await alive()
    return wrong === 'answer-lost' ? fail(failed(driver, 'the answer was lost')) : answer
  }

  async function done<T>(effect: () => Promise<Result<T>>, isWrite: boolean, twice: boolean): Promise<Result<T>> {
    const answer = await effect()
    if (twice) await effect()
    if (isWrite) check()
    return answer
  }

  const deps: Deps = {
    clock: clockOf(time, alive),
    runtime: runtimeOf(land, call),
    balancer: balancerOf(land, call),
    state: stateOf(land, call),
    switcher: {
      switch: ({service, from, to}) =>
        call('runtime', `switch ${service} ${to.mode}`, true, async () => {
          switchIn(land, service, from?.mode ?? '', to.mode ?? '')
          return ok(undefined)
        }),
    },
    hooks: {
      run: async ({name, env}) => {
        const service = env['SLUICE_MOVES'] ?? ''
        const [, hook = ''] = name.split('/')
        const isMeant = intentionBehind(land, service, {do: 'hook', hook}) !== undefined
        if (!isMeant) land.violations.push(`${name} was run, and nobody intended it`)
        // Whether it may is settled when it is asked, however late it comes about.
        const again = mayRunAgain(land, service, hook)
        const ran = await call('runtime', `hook ${name}`, true, async () => ok(runHook(land, name, again)))
        return {ok: ran.ok, output: ran.ok ? '' : ran.failure.message}
      },
    },
    ...(land.scene.hooks && {hooksOf: land.scene.hooks}),
    releases: {prepare: async service => ok({run: land.scene.services.get(service)?.run ?? {}})},
    checks: {
      probe: async (_check, {service, state}) => {
        const isBad = land.bad.has(`${service} ${poolIdOf(state)}`)
        return {verdict: isBad ? 'failed' : 'passed', detail: ''}
      },
    },
    // Nobody has ever called anything that is to go.
    calls: {evidence: async (contract, major) => ok({contract, major, coveredSince: 0, calls: 0})},
    emit: () => {},
    holders: {isGone: one => deathIsKnown && land.isGone(one)},
    services: land.scene.services,
    watched: new Map(),
    ...(land.scene.brownouts && {brownouts: land.scene.brownouts}),
    quietMs: new Map(),
    neighbours: land.scene.neighbours ?? new Map(),
    folder: '/',
  }

  return {
    who,
    deps,
    pause: new AbortController(),
    abort: new AbortController(),
    isDead: () => isDead,
    isFrozen: () => frozenUntil > time.monotonic(),
    kill,
    freeze,
    writes: () => writes,
  }
}

/** Longer than a lease lasts, so that somebody else takes over. */
const FREEZE_MS: DurationMs = 75_000

/**
 * A process may be stopped between its last look at the lease and the very call. State and balancer refuse it then by
 * its number; a runtime cannot, so there, and only there, one call of an old holder is possible.
 */
function momentOf({is, when}: CrashPoint, driver: Driver): CrashPoint['when'] {
  return is === 'freeze' && driver === 'runtime' ? 'after' : when
}

/** Longer than anybody waits for an act of the balancer. */
const LATE_MS: DurationMs = 12_000

/**
 * The record, and programs of the user's, are asked by this process itself: nobody in between asks again, and what they
 * may have done, they are not asked for twice.
 */
function isAskedOnce(driver: Driver, what: string): boolean {
  return driver === 'state' || /^(?:hook|switch) /.test(what)
}

function isDown({down, time}: Land, driver: Driver): boolean {
  return (down.get(driver) ?? 0) > time.monotonic()
}

type Call = <T>(driver: Driver, what: string, isWrite: boolean, effect: () => Promise<Result<T>>) => Promise<Result<T>>

function failed(driver: Driver, message: string) {
  return failure(`${driver}-failed` satisfies FailureCode, {message})
}

function clockOf(time: Clock, alive: () => Promise<void>): Clock {
  return {
    now: () => time.now(),
    monotonic: () => time.monotonic(),
    sleep: async (ms, signal) => {
      await time.sleep(ms, signal)
      await alive()
    },
  }
}

function runtimeOf(land: Land, call: Call): Runtime {
  const {runtime} = land
  const intended = (service: ServiceName, act: Act) =>
    void (
      intentionBehind(land, service, act) ?? land.violations.push(`${service} ${JSON.stringify(act)} was not intended`)
    )
  return {
    start: spec => {
      const all = land.scene.services.get(spec.service)?.run?.replicas ?? 1
      const {pool, replicas} = spec
      intended(spec.service, {do: 'start', pool, ...(replicas < all && {replicas})})
      return call('runtime', `start ${spec.service} ${spec.pool}`, true, () => runtime.start(spec))
    },
    read: service => call('runtime', `read ${service}`, false, () => runtime.read(service)),
    stop: (service, pool, drainMs) => {
      intended(service, {do: 'stop', pool})
      return call('runtime', `stop ${service} ${pool}`, true, () => runtime.stop(service, pool, drainMs))
    },
    list: () => call('runtime', 'list', false, () => runtime.list()),
  }
}

function balancerOf(land: Land, call: Call): Balancer {
  const {balancer} = land
  const intended = (service: ServiceName, act: Act) =>
    void (
      intentionBehind(land, service, act) ?? land.violations.push(`${service} ${JSON.stringify(act)} was not intended`)
    )
  return {
    can: balancer.can,
    attach: (service, pool) => {
      // Whoever sets shares names the pools that have them, with the addresses of now.
      if (!intendsShares(land, service.name)) intended(service.name, {do: 'attach', pool: pool.id})
      return call('balancer', `attach ${service.name} ${pool.id}`, true, () => balancer.attach(service, pool))
    },
    route: (service, shares) => {
      const text = shares.map(({pool, share}) => `${pool.id} ${share}%`).join(', ')
      intended(service.name, {do: 'route', share: shares[0]?.share ?? 0})
      const few = shares.map(({pool, share}) => tooFew(land, service.name, pool.id, share)).find(Boolean)
      if (few) land.violations.push(few)
      return call('balancer', `route ${service.name} ${text}`, true, () => balancer.route(service, shares))
    },
    brownOut: (service, gone, until) => {
      intended(service.name, {do: 'brownout', ...gone})
      const text = `${gone.contract} v${gone.major} ${gone.share}%`
      return call('balancer', `410 ${service.name} ${text}`, true, () => balancer.brownOut!(service, gone, until))
    },
    read: service => call('balancer', `read ${service.name}`, false, () => balancer.read(service)),
    detach: (service, pool, deadline) => {
      intended(service.name, {do: 'drain', pool: pool.id})
      return call('balancer', `detach ${service.name} ${pool.id}`, true, () => balancer.detach(service, pool, deadline))
    },
  }
}

function stateOf(land: Land, call: Call): State {
  const {state} = land
  return {
    acquire: claim =>
      call('state', `acquire${claim.takeover ? ` from ${claim.takeover}` : ''}`, true, () => state.acquire(claim)),
    renew: (lease, ttlMs) => call('state', 'renew', false, () => state.renew(lease, ttlMs)),
    release: lease => call('state', `release ${lease.fence}`, true, () => state.release(lease)),
    leases: environment => call('state', 'leases', false, () => state.leases(environment)),
    begin: (lease, head, records) => call('state', `begin ${head.id}`, true, () => state.begin(lease, head, records)),
    append: (lease, id, records, settled) =>
      call('state', `append ${records.map(said).join(', ')}`, true, () => state.append(lease, id, records, settled)),
    load: (environment, id) => call('state', `load ${id}`, false, () => state.load(environment, id)),
    head: (environment, id) => call('state', `head ${id}`, false, () => state.head(environment, id)),
    list: (environment, limit) => call('state', 'list', false, () => state.list(environment, limit)),
    tails: (environment, limit) => call('state', 'tails', false, () => state.tails(environment, limit)),
    later: (environment, id, seq) => call('state', `later ${id}`, false, () => state.later(environment, id, seq)),
    newest: environment => call('state', 'newest', false, () => state.newest(environment)),
    ask: (environment, id, request) =>
      call('state', `ask ${request.wish.do}`, true, () => state.ask(environment, id, request)),
    asked: (environment, id) => call('state', 'asked', false, () => state.asked(environment, id)),
    kept: environment => call('state', 'kept', false, () => state.kept(environment)),
    close: async () => {},
  }
}

function said(record: {readonly code: string}): string {
  const {step, act, why} = record as {step?: string; act?: Act; why?: {message: string}}
  return [record.code, step, act && JSON.stringify(act), why?.message].filter(Boolean).join(' ')
}

function switchIn(land: Land, service: ServiceName, from: string, to: string): void {
  const act: Act = {do: 'switch', mode: to}
  if (!intentionBehind(land, service, act))
    land.violations.push(`${service} was switched to ${to}, and nobody intended it`)
  if (repeats(land, service, act)) land.violations.push(`${service} was switched to ${to} again, after it was done`)
  for (const pool of poolsOf(land, service)) {
    const state = land.stateOf(service, pool)
    if (state.mode === from || state.mode === to) land.switched.set(`${service} ${pool}`, {...state, mode: to})
  }
}

/** A hook has an effect that cannot be taken back, and a second one is one too many unless it was to be run again. */
function runHook(land: Land, name: string, again: boolean): void {
  const times = (land.hooked.get(name) ?? 0) + 1
  land.hooked.set(name, times)
  if (times > 1 && !again) land.violations.push(`${name} was run ${times} times`)
}

function poolsOf(land: Land, service: ServiceName): readonly PoolId[] {
  return land.runtime.instances.filter(one => one.service === service).map(({pool}) => pool)
}
