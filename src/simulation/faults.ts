import type {DurationMs} from '../core/base/units.ts'
import type {Wish} from '../core/rollout/request.ts'
import type {Random} from './random.ts'

/** Whom a rollout calls. */
export type Driver = 'runtime' | 'balancer' | 'state'

/** How one call goes wrong. */
export type CallFault =
  /** It is refused, and nothing happens. */
  | 'refused'
  /** It is done, and the answer says that it failed. */
  | 'answer-lost'
  /** The driver hangs for a while; the call is done when it comes back, if anybody still cares. */
  | 'hangs'
  /** It is done at once, and the answer comes when nobody waits for it any more. */
  | 'answers-late'
  /** It is done twice, as by a client in between that asks again. */
  | 'done-twice'

/** What befalls the world or a process, at a time. */
export type Event =
  | {readonly is: 'kill' | 'pause' | 'abort'}
  | {readonly is: 'freeze'; readonly ms: DurationMs}
  | {readonly is: 'hang'; readonly driver: Driver; readonly ms: DurationMs}
  /** Nobody is there to be asked: it was killed, and is started again as it was after a while. */
  | {readonly is: 'down'; readonly driver: Driver; readonly ms: DurationMs}
  | {readonly is: 'instance'; readonly which: number; readonly health: 'exited' | 'unhealthy'}
  | {readonly is: 'meddle'; readonly which: number}
  | {readonly is: 'restart-balancer'}
  | {readonly is: 'clock-jumps'; readonly ms: DurationMs}
  /** Somebody asks something from another shell. */
  | {readonly is: 'ask'; readonly wish: Wish}

/** One process is killed, or stopped for longer than its lease lasts, at one of its calls that write. */
export interface CrashPoint {
  readonly is: 'kill' | 'freeze'
  /** Counts the calls that write, from 1. */
  readonly at: number
  readonly when: 'before' | 'after'
}

/** How a release turns out that nobody has run before: one of those that the plan brings up. */
export interface Surprise {
  readonly which: number
  readonly how: 'answers-errors' | 'dies' | 'never-healthy' | 'starts-slowly'
}

/** Everything that goes wrong in one run of the simulation. */
export interface Schedule {
  /** Of each process in turn, where it is to be killed at a point. */
  readonly crashes: readonly CrashPoint[]
  /** How often a call goes wrong, until the world calms down. */
  readonly callFaults: number
  readonly events: readonly {readonly at: DurationMs; readonly event: Event}[]
  readonly surprises: readonly Surprise[]
  /** A dead holder of the lock is known to be dead; else its lock has to expire. */
  readonly deathIsKnown: boolean
  /** Somebody has what was taken back tried again, once, after the end. */
  readonly retry?: boolean
}

/** Nothing goes wrong. */
export const CALM: Schedule = {crashes: [], callFaults: 0, events: [], surprises: [], deathIsKnown: true}

const CALL_FAULTS: readonly CallFault[] = [
  ...(['refused', 'refused', 'answer-lost', 'answer-lost'] as const),
  ...(['hangs', 'answers-late', 'done-twice', 'done-twice'] as const),
]

const SURPRISES = ['answers-errors', 'answers-errors', 'dies', 'never-healthy', 'starts-slowly'] as const

export function callFault(chance: Random, probability: number): CallFault | undefined {
  return probability > 0 && chance.chance(probability) ? chance.pick(CALL_FAULTS) : undefined
}

/** A schedule of things that go wrong in the first `spanMs`. */
export function randomSchedule(chance: Random, spanMs: DurationMs): Schedule {
  const events = Array.from({length: chance.whole(0, 4)}, () => ({
    at: chance.whole(0, spanMs),
    event: randomEvent(chance),
  }))
  const crashes = chance.chance(0.5) ? [randomPoint(chance)] : []
  const surprises = chance.chance(0.3) ? [{which: chance.whole(0, 1000), how: chance.pick(SURPRISES)}] : []
  const callFaults = chance.pick([0, 0, 0.02, 0.1])
  return {crashes, events, surprises, callFaults, deathIsKnown: chance.chance(0.7), retry: chance.chance(0.3)}
}

/** What somebody may ask at any time; whoever hears it refuses what makes no sense. */
const WISHES: readonly Wish[] = [
  {do: 'pause'},
  {do: 'resume'},
  {do: 'promote', full: false},
  {do: 'promote', full: true},
  {do: 'abort'},
  {do: 'retry'},
  {do: 'approve', gate: 'all', waive: true},
]

function randomPoint(chance: Random): CrashPoint {
  const is = chance.pick(['kill', 'freeze'] as const)
  return {is, at: chance.whole(1, 60), when: chance.pick(['before', 'after'] as const)}
}

function randomEvent(chance: Random): Event {
  const which = chance.whole(0, 1000)
  switch (chance.whole(0, 13)) {
    case 0:
      return {is: 'pause'}
    case 1:
      return {is: 'abort'}
    case 2:
      return {is: 'freeze', ms: chance.whole(1_000, 90_000)}
    case 3:
      return {is: 'hang', driver: chance.pick(DRIVERS), ms: chance.whole(1_000, 40_000)}
    case 12:
      return {is: 'down', driver: chance.pick(DRIVERS), ms: chance.whole(200, 20_000)}
    case 4:
    case 5:
      return {is: 'instance', which, health: chance.pick(['exited', 'unhealthy'] as const)}
    case 6:
      return {is: 'meddle', which}
    case 7:
      return {is: 'restart-balancer'}
    case 8:
      return {is: 'clock-jumps', ms: chance.whole(-3_600_000, 3_600_000)}
    case 9:
    case 10:
    case 11:
      return {is: 'ask', wish: chance.pick(WISHES)}
    default:
      return {is: 'kill'}
  }
}

const DRIVERS = ['runtime', 'balancer', 'state'] as const
