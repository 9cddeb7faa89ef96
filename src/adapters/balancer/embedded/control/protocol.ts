import type {Instant} from '../../../../core/base/units.ts'
import type {Result} from '../../../../core/base/result.ts'
import type {Balanced, CallEvidence, CountedCalls} from '../../../../ports/balancer.ts'
import type {GoneEntry, PoolEntry, PoolWish, ServiceWish} from '../table/table.ts'

/** Bumped when an older process would misunderstand a newer command, or the other way round. */
export const PROTOCOL = 1

/** What a command may ask of the process: one JSON document a line, one connection a question. */
export type Request =
  | {readonly do: 'hello'}
  | ({readonly do: 'attach'; readonly service: ServiceWish; readonly pool: PoolWish} & Fenced)
  | ({readonly do: 'route'; readonly service: ServiceWish; readonly shares: readonly PoolEntry[]} & Fenced)
  | ({readonly do: 'read'; readonly service: string} & Fenced)
  | ({readonly do: 'detach'; readonly service: string; readonly pool: string; readonly deadline: Instant} & Fenced)
  | ({readonly do: 'brownOut'; readonly service: string; readonly gone: GoneEntry} & Fenced)
  | {readonly do: 'evidence'; readonly contract: string; readonly major: number}
  | {readonly do: 'counted'}
  /** Answered at once; the process ends when what is under way has ended, or `limitMs` has passed. */
  | {readonly do: 'shutdown'; readonly limitMs: number}

/** The number of the lease that asks; see RoutedService. */
interface Fenced {
  readonly fence?: number
}

/** What comes back, per question. */
export interface Answers {
  hello: Hello
  attach: null
  route: null
  read: Balanced
  detach: null
  brownOut: null
  evidence: CallEvidence
  counted: CountedCalls
  shutdown: Hello
}

/** Who answers. */
export interface Hello {
  readonly pid: number
  readonly protocol: number
  /** The process that takes over when this one dies; absent where there is none at the moment. */
  readonly standby?: number
}

export type Asking = Request['do']
export type RequestOf<A extends Asking> = Extract<Request, {do: A}>

/** What goes over the wire: the number of the protocol, and a question or an answer. */
export interface Line {
  readonly protocol: number
  readonly request?: Request
  readonly answer?: Result<Answers[Asking]>
}

export function encode(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

/** Undefined where it is none of ours. JSON has no Infinity, and the last bound of a histogram is just that. */
export function decode(text: string): Line | undefined {
  try {
    const line = JSON.parse(text, (key, value: unknown) =>
      key === 'leMs' && value === null ? Number.POSITIVE_INFINITY : value,
    ) as Line | null
    return typeof line?.protocol === 'number' ? line : undefined
  } catch {
    return undefined
  }
}
