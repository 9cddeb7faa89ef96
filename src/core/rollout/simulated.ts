import type {DurationMs} from '../base/units.ts'
import type {StepId} from '../plan/plan.ts'

/** What became of a user's plan in a world where things go wrong: the document of `simulate --json`. */
export interface Simulated {
  /** The first seed; the others follow. */
  readonly seed: number
  /** Runs with things that went wrong at random. */
  readonly schedules: number
  /** Runs in which the process was killed or stopped at one write. */
  readonly crashes: number
  /** What went wrong, and how often. */
  readonly tried: {readonly [what: string]: number}
  /** How the rollouts ended. */
  readonly ended: {readonly [end: string]: number}
  /** Runs in which a promise was broken, with how to have them again. */
  readonly broken: readonly {readonly what: string; readonly violations: readonly string[]}[]
  /** How traffic stays, where the process dies in the middle of a step, until somebody resumes. */
  readonly rests: readonly {readonly step: StepId; readonly traffic: readonly string[]}[]
  /** The longest time from the first request of a release that answers errors to the last one. */
  readonly takeBack: {readonly pool: string; readonly ms: DurationMs; readonly what: string} | null
  /** Releases that answered errors and kept their traffic: nothing looks at their answers. */
  readonly unnoticed: readonly string[]
  /** The run that took the most processes to its end. */
  readonly worst: {readonly what: string; readonly processes: number; readonly ms: DurationMs} | null
}
