import type {Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {StepId} from '../core/plan/plan.ts'
import type {Wish} from '../core/rollout/request.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import {underWay} from '../core/rollout/schedule.ts'
import type {Outcome} from '../engine/rollout.ts'
import {resume, run} from '../engine/rollout.ts'
import type {Event, Schedule} from './faults.ts'
import {callFault} from './faults.ts'
import type {BadSeen} from './bad.ts'
import {watchBad} from './bad.ts'
import {openHooks} from './intention.ts'
import type {Land} from './land.ts'
import {land as makeLand, tried} from './land.ts'
import type {Process} from './process.ts'
import {startProcess} from './process.ts'
import type {Random} from './random.ts'
import {endRules, rules} from './rules.ts'
import type {Scene} from './scene.ts'
import type {Traffic} from './traffic.ts'
import {trafficOf} from './traffic.ts'

/** What one run of the simulation came to. */
export interface Finding {
  /** How the rollout ended; undefined where it never did. */
  readonly ended: 'succeeded' | 'failed' | 'aborted' | undefined
  /** What was the case that must never be; empty where every promise was kept. */
  readonly violations: readonly string[]
  /** Processes that it took. */
  readonly processes: number
  /** Calls that write, of the first process: so many places to crash at, twice. */
  readonly writes: number
  readonly trace: readonly string[]
  /** What went wrong, and how often. */
  readonly tried: ReadonlyMap<string, number>
  /** How long it took, on the clock of the simulation. */
  readonly durationMs: DurationMs
  /** How traffic was shared when the first process was gone. */
  readonly left: Traffic
  /** The steps that were under way then. */
  readonly leftIn: readonly StepId[]
  /** What became of the releases that answered errors. */
  readonly bad: readonly BadSeen[]
}

/** After so many processes nothing goes wrong any more, so that the end must come. */
const CALM_AFTER = 4
const GIVE_UP_AFTER = 12
const PATIENCE_MS = 3_600_000

/** Carries a plan out in a world where things go wrong on schedule, with as many processes as it takes. */
export async function simulate(scene: Scene, schedule: Schedule, chance: Random): Promise<Finding> {
  const land = makeLand(scene, schedule.surprises)
  for (const {how} of schedule.surprises) tried(land, how)
  const watch = watchBad(land)
  const keeps = rules(land)
  const check = () => {
    keeps()
    watch.look()
  }
  let left: {readonly traffic: Traffic; readonly steps: readonly StepId[]} | undefined
  const running: Running[] = []
  for (const {at, event} of schedule.events) land.time.at(at, () => befall(land, running.at(-1)?.process, event, check))

  let told = NOTHING
  while (running.length < GIVE_UP_AFTER && (!end(land) || retries(land, schedule))) {
    const pid = running.length + 1
    const isCalm = pid > CALM_AFTER
    if (isCalm) calmDown(land)
    const fault = () => (isCalm ? undefined : callFault(chance, schedule.callFaults))
    const process = startProcess(land, pid, schedule.crashes[pid - 1], fault, check, schedule.deathIsKnown)
    const one = begin(land, process, told)
    running.push(one)
    const done = () => one.answer !== undefined || process.isDead() || process.isFrozen()
    if (!(await land.time.until(done, PATIENCE_MS))) land.violations.push(`process ${pid} hangs`)
    land.note(`${pid}: ${said(one)}`)
    left ??= {traffic: trafficOf(land), steps: stepsUnderWay(land)}
    told = needsPerson(one) ? await look(land) : NOTHING
    if (one.answer?.ok === false) await pass(land, AGAIN_MS)
  }

  // A process that was frozen wakes up and finds that it has no say any more.
  await land.time.until(
    () => running.every(({process, answer}) => answer !== undefined || process.isDead()),
    PATIENCE_MS,
  )
  const ended = end(land)
  const late = ended ? endRules(land, ended) : ['it never ended']
  return {
    ended,
    violations: [...land.violations, ...late],
    processes: running.length,
    writes: running[0]?.process.writes() ?? 0,
    trace: land.trace,
    tried: land.tried,
    durationMs: land.time.monotonic(),
    left: left?.traffic ?? trafficOf(land),
    leftIn: left?.steps ?? [],
    bad: watch.seen(),
  }
}

interface Running {
  readonly process: Process
  answer?: Result<Outcome>
}

/** A first process runs the plan; whoever comes after it goes on with what is on record. */
function begin(land: Land, process: Process, told: Told): Running {
  const {plan} = land.scene
  const options = {
    who: process.who,
    reason: 'simulated',
    wait: false,
    waive: ['all', 'inconclusive'],
    lockWaitMs: 120_000,
    hooks: told,
    pause: process.pause.signal,
    abort: process.abort.signal,
  }
  const isBegun = land.state.rollouts().length > 0
  const work = isBegun
    ? resume(process.deps, plan.environment, 'latest', options)
    : run(process.deps, plan, 'r1', options)
  const one: Running = {process}
  work.then(
    answer => void (one.answer = answer),
    (error: unknown) => {
      land.violations.push(`process ${process.who.pid} threw: ${error instanceof Error ? error.stack : String(error)}`)
      process.kill()
    },
  )
  return one
}

/** How the first rollout ended, once it and every undo that follows from it have. */
function end({state}: Land): 'succeeded' | 'failed' | 'aborted' | undefined {
  const [first, ...undone] = state.rollouts().map(({plan, entries}) => stateOf(plan, entries))
  if (!first || ![first, ...undone].every(hasEnded)) return undefined
  if (first.undo !== undefined && undone.length === 0) return undefined
  return first.phase as 'succeeded' | 'failed' | 'aborted'
}

/** Has what was taken back tried again, where the schedule says so and nothing has been undone. Answers whether it did. */
function retries(land: Land, {retry}: Schedule): boolean {
  const [rollout, ...undone] = land.state.rollouts()
  if (!retry || !rollout || undone.length > 0 || end(land) === 'succeeded') return false
  const isAsked = rollout.entries.some(({record}) => record.code === 'request-heard' && record.request.id === 'again')
  if (!isAsked) leave(land, 'again', {do: 'retry'})
  return !isAsked
}

function leave(land: Land, id: string, wish: Wish): void {
  const {environment} = land.scene.plan
  const rollout = land.state.rollouts().at(-1)?.id
  const by = {name: 'another', host: 'there', pid: 900, boot: 'b', started: '900'}
  if (rollout !== undefined) void land.state.ask(environment, rollout, {id, by, at: land.time.now(), wish})
}

function stepsUnderWay(land: Land): readonly StepId[] {
  const rollout = land.state.rollouts()[0]
  return rollout ? underWay(rollout.plan, stateOf(rollout.plan, rollout.entries)).map(({id}) => id) : []
}

/** Whether it stopped so that somebody must look, and has said so. */
function needsPerson({answer}: Running): boolean {
  return answer?.ok === true && answer.value.state === 'halted'
}

/** What a person has found out about hooks of which the record does not know the end. */
type Told = ReadonlyMap<string, 'done' | 'again'>

const NOTHING: Told = new Map()

/** A person looks when what was still going on has ended, makes every instance well again, and tells what hooks did. */
async function look(land: Land): Promise<Told> {
  await pass(land, LOOK_MS)
  calmDown(land)
  return new Map(openHooks(land).map(name => [name, land.hooked.has(name) ? 'done' : 'again']))
}

/** Longer than any driver hangs. */
const LOOK_MS: DurationMs = 120_000

/** Whoever is refused tries again after a while. */
const AGAIN_MS: DurationMs = 5_000

/** Lets so much time go by. */
async function pass(land: Land, ms: DurationMs): Promise<void> {
  let isOver = false
  land.time.at(land.time.monotonic() + ms, () => void (isOver = true))
  await land.time.until(() => isOver, PATIENCE_MS)
}

/** Every instance is well again, and whoever was gone is there. */
function calmDown(land: Land): void {
  land.down.clear()
  for (const {service, pool} of land.runtime.instances) land.runtime.befall(service, pool, 'healthy')
}

function befall(land: Land, process: Process | undefined, event: Event, check: () => void): void {
  land.note(`event ${JSON.stringify(event)}`)
  if (event.is !== 'kill' && event.is !== 'freeze') tried(land, event.is)
  switch (event.is) {
    case 'kill':
      return process?.kill()
    case 'pause':
      return process?.pause.abort()
    case 'abort':
      return process?.abort.abort()
    case 'freeze':
      return process?.freeze(event.ms)
    case 'hang':
      return land.queues[event.driver].hang(event.ms)
    case 'down':
      if (event.driver === 'balancer') land.balancer.restart()
      return void land.down.set(event.driver, land.time.monotonic() + event.ms)
    case 'restart-balancer':
      return land.balancer.restart()
    case 'ask':
      return leave(land, `q${land.time.monotonic()}`, event.wish)
    case 'clock-jumps':
      return land.time.jump(event.ms)
    case 'instance': {
      const {instances} = land.runtime
      const victim = instances[event.which % Math.max(1, instances.length)]
      if (victim) land.runtime.befall(victim.service, victim.pool, event.health)
      return undefined
    }
    case 'meddle':
      meddle(land, event.which)
      return check()
  }
}

/** Somebody sets weights by hand: all to one of the pools, whichever is well. */
function meddle(land: Land, which: number): void {
  const routed = [...land.scene.services.keys()].filter(service => land.balancer.pools(service).size > 1)
  const service = routed[which % Math.max(1, routed.length)]
  if (service === undefined) return
  const well = land.runtime.instances.filter(one => one.service === service && one.health === 'healthy')
  const pools = [...land.balancer.pools(service).keys()].filter(id => well.some(({pool}) => pool === id))
  const pool = pools[which % Math.max(1, pools.length)]
  if (pool !== undefined) land.balancer.meddle(service, {[pool]: 100})
}

function said({answer, process}: Running): string {
  if (!answer) return process.isDead() ? 'dead' : 'frozen'
  if (!answer.ok) return answer.failure.message
  return `${answer.value.state}${'failure' in answer.value ? `: ${answer.value.failure.message}` : ''}`
}
