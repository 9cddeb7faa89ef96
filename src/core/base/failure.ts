/** A place in a file, counted from 1, as editors count. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong in a file. Without a known place, `line` and `column` are 1. */
export interface Problem extends Place {
  /** Lowercase, the wrong value included. */
  readonly message: string
  /** What would be right. */
  readonly hint?: string
}

/** How each kind of failure ends the command; SPEC section 5. */
export const EXIT_OF_FAILURE = {
  /** The call itself is wrong: an unknown flag, a missing argument. */
  usage: 2,
  /** `sluice.yaml` or a manifest is wrong; `problems` says where. */
  'config-invalid': 2,
  /** No `sluice.yaml` from here upwards. */
  'config-missing': 2,
  /** A plan file that cannot be read, or is no plan. */
  'plan-invalid': 2,
  /** A service, environment, rollout... that the files or the record do not know. */
  'not-found': 2,
  /** There is no order in which nothing breaks. */
  'no-safe-plan': 3,
  /** `check` says no. */
  'not-admitted': 3,
  /** A gate or an approval is awaited. */
  waiting: 4,
  /** Somebody else holds the environment. */
  locked: 5,
  /** What runs is not what the plan was made for. */
  'plan-stale': 6,
  /** A person must look before anything goes on. */
  halted: 6,
  /** A rollout that failed and was taken back. */
  'rollout-failed': 1,
  /** Taken back because somebody wanted it. */
  aborted: 1,
  /** A driver cannot do what the rollout would ask of it. */
  'driver-unable': 2,
  /** A repository that cannot be read, or a tag that is not there. */
  'repository-failed': 1,
  'runtime-failed': 1,
  'balancer-failed': 1,
  'state-failed': 1,
  /** Ours. */
  bug: 1,
} as const satisfies Record<string, number>

export type FailureCode = keyof typeof EXIT_OF_FAILURE

/** Something a careful operator can meet: named, placed, and with what to change. */
export interface Failure {
  readonly code: FailureCode
  /** Lowercase, no full stop, the wrong value included. */
  readonly message: string
  /** What to change. */
  readonly hint?: string
  /** Every problem at once, where the failure comes from files. */
  readonly problems?: readonly Problem[]
}

export function failure(code: FailureCode, said: Omit<Failure, 'code'>): Failure {
  return {code, ...said}
}
