import type {Instant} from '../../../../core/base/units.ts'

/** Calls to one contract through one service. Plain data, kept as JSON. */
export interface ContractTally {
  /** How calls were told when these were counted. */
  readonly pattern: string
  /** Since when no call went uncounted. */
  coveredSince: Instant
  /** Calls that name no version, of files that did not say more of them. */
  unversioned: number
  /** Calls that name no version. */
  none?: MajorTally
  readonly majors: Record<string, MajorTally>
}

/** Calls to one major. */
export interface MajorTally {
  calls: number
  readonly firstSeen: Instant
  lastSeen: Instant
  /** By kind of evidence and name, since a name alone could be `__proto__`. Files of before have none. */
  clients?: Record<string, ClientTally>
}

/** Calls of one client to one major. */
export interface ClientTally {
  calls: number
  lastSeen: Instant
}

/** All that is counted: service -> contract -> counts. */
export type Tallies = Record<string, Record<string, ContractTally>>
