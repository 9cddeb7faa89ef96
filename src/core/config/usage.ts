import type {DurationMs} from '../base/units.ts'
import type {ContractName} from './facts.ts'

/** What a client can be known by. */
export type EvidenceKind = 'certificate' | 'key' | 'token' | 'service' | 'agent' | 'address'

/** How a log is written. */
export type LogFormat = 'haproxy' | 'common' | 'json'

/** How calls are counted. */
export interface UsageConfig {
  /** What a client is known by, the first that a call carries. */
  readonly clients: readonly EvidenceKind[]
  /** What HAProxy captures of a request, in its order; a field's name, `header:NAME`, or `-`. Not needed with our template. */
  readonly captures: readonly string[]
  /** The key of each field in logs of JSON lines, over those of our template; `header:NAME` names a header. */
  readonly fields: ReadonlyMap<string, string>
  /** Paths that are explained, and are no calls. */
  readonly ignore: readonly {readonly path: string; readonly reason: string}[]
  /** The places that together count every call, by name. */
  readonly sources: ReadonlyMap<string, SourceConfig>
}

/** A place where calls are counted. */
export type SourceConfig =
  /** A path below the folder of `sluice.yaml`, or an absolute one. */
  | ({readonly from: 'file'; readonly file: string} & LogTerms)
  | ({readonly from: 'syslog'; readonly listen: SyslogAddress} & LogTerms)
  /** A stick table of HAProxy, by its Runtime API. */
  | {
      readonly from: 'table'
      readonly socket: string
      readonly table: string
      /** An entry that nobody calls is dropped after this time. */
      readonly expireMs: DurationMs
    }
  | {
      readonly from: 'prometheus'
      readonly query: string
      readonly contract: ContractName
      readonly labels: {readonly version: string; readonly client: string}
    }
  /** What the environment's own balancer counts; only the embedded one does. */
  | {readonly from: 'balancer'}

/** What goes with any log. */
export interface LogTerms {
  /** Found out by its first lines where it is not said. */
  readonly format?: LogFormat
  /** How many requests the balancer itself has counted, to compare the lines with. */
  readonly counter?: CounterConfig
}

/** Where somebody listens for syslog. */
export interface SyslogAddress {
  readonly by: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
}

/** A front end of HAProxy, whose requests it counts. */
export interface CounterConfig {
  readonly haproxy: string
  readonly frontend: string
}
