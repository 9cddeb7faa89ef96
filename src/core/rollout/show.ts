import type {Failure} from '../base/failure.ts'
import {type Instant, type Percent, isoOf} from '../base/units.ts'
import type {Plan, Step} from '../plan/plan.ts'
import type {ActShown, Audit} from './audit.ts'
import {actsOf, auditsOf} from './audit.ts'
import type {Entry} from './record.ts'
import type {RolloutState, StepStory} from './rollout-state.ts'
import {stateOf} from './rollout-state.ts'
import type {StepState} from './step-state.ts'
import type {Who} from './who.ts'

/** The document of `rollout show --json`. Times are ISO 8601 in UTC. */
export interface RolloutShown {
  readonly id: string
  readonly environment: string
  /** Fingerprint of the plan. */
  readonly plan: string
  readonly state: RolloutState['phase']
  readonly startedAt: string
  readonly endedAt: string | null
  readonly steps: readonly StepShown[]
  /** What people did about it: who, when, what and why. */
  readonly acts: readonly ActShown[]
  /** Why it rests or ended badly. */
  readonly error?: ErrorShown
  /** The rollout that this one takes back. */
  readonly undoes?: string
  /** Who carries it out just now, as far as the record knows. */
  readonly holder?: HolderShown
}

export interface HolderShown {
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly reason: string
  readonly since: string
  readonly expiresAt: string
  /** The number of the lock, which every write of its holder carries. */
  readonly fence: number
}

/** A lock, as far as it is shown. */
export interface Holding {
  readonly owner: Who
  readonly reason: string
  readonly since: Instant
  readonly expiresAt: Instant
  readonly fence: number
}

export function holderShown({owner: {name, host, pid}, reason, since, expiresAt, fence}: Holding): HolderShown {
  return {name, host, pid, reason, since: isoOf(since), expiresAt: isoOf(expiresAt), fence}
}

export interface StepShown extends Audit {
  readonly id: string
  readonly service: string
  readonly state: 'pending' | 'waiting' | 'running' | 'succeeded' | 'rolled-back' | 'failed'
  readonly share: Percent
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** What its gates ask for, while they do not hold; or why it has no verdict. */
  readonly waitsFor: readonly string[]
  readonly error?: ErrorShown
}

export type ErrorShown = Pick<Failure, 'code' | 'message' | 'hint'>

/** A rollout as people and scripts see it, from its records alone. */
export function shown(
  rollout: {
    readonly id: string
    readonly environment: string
    readonly plan: Plan
    readonly startedAt: Instant
    readonly entries: readonly Entry[]
  },
  holder?: Holding,
): RolloutShown {
  const {id, environment, plan, startedAt} = rollout
  const state = stateOf(plan, rollout.entries)
  const audits = auditsOf(rollout.entries)
  return {
    id,
    environment,
    plan: plan.fingerprint,
    state: phaseShown(state),
    startedAt: isoOf(startedAt),
    endedAt: isoOrNull(state.endedAt),
    steps: plan.steps.map(step => stepShown(step, state.steps.get(step.id), audits.get(step.id) ?? UNTRIED)),
    acts: actsOf(rollout.entries),
    ...(state.why && {error: errorShown(state.why)}),
    ...(state.undoes !== undefined && {undoes: state.undoes}),
    ...(holder && {holder: holderShown(holder)}),
  }
}

/** The phase as people see it: one that is to pause rests already, as far as they are concerned. */
export function phaseShown({paused, phase}: RolloutState): RolloutState['phase'] {
  return paused && phase === 'running' ? 'paused' : phase
}

const UNTRIED: Audit = {gates: [], bakes: [], hooks: []}

function stepShown({id, service}: Step, story: StepStory | undefined, audit: Audit): StepShown {
  const state = story?.state ?? {is: 'waiting', for: []}
  const why = whyOf(state)
  return {
    id,
    service,
    state: nameOf(state),
    share: story?.share ?? 0,
    startedAt: isoOrNull(story?.startedAt),
    endedAt: isoOrNull(story?.endedAt),
    waitsFor: awaited(state),
    ...audit,
    ...(why && {error: errorShown(why)}),
  }
}

function awaited(state: StepState): readonly string[] {
  if (state.is === 'waiting') return state.for
  return state.is === 'holding' && state.unsure ? [state.unsure.message] : []
}

function nameOf(state: StepState): StepShown['state'] {
  switch (state.is) {
    case 'waiting':
      return state.for.length > 0 ? 'waiting' : 'pending'
    case 'halted':
      return 'failed'
    case 'succeeded':
    case 'rolled-back':
      return state.is
    default:
      return 'running'
  }
}

function whyOf(state: StepState): Failure | undefined {
  return state.is === 'returning' || state.is === 'rolled-back' || state.is === 'halted' ? state.why : undefined
}

function errorShown({code, message, hint}: Failure): ErrorShown {
  return {code, message, ...(hint !== undefined && {hint})}
}

function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : isoOf(at)
}
