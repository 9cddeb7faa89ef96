import type {DurationMs, Instant, Percent} from '../base/units.ts'
import type {Excuse, Release, ServiceName, ContractName} from './facts.ts'

/**
 * `sluice.yaml` after parsing: a value that can only be valid. Defaults are filled in; what the file may leave out and
 * has no default is absent. The written form, with its shorthands, lives in written/.
 */
export interface Config {
  /** Absolute path of the file. */
  readonly file: string
  readonly system: string
  /** Where rollouts are recorded, as `postgres://...`; absent for SQLite beside the file. */
  readonly state?: string
  readonly contracts: ReadonlyMap<ContractName, ContractConfig>
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
  readonly apart: readonly (readonly ServiceName[])[]
  readonly usage: UsageConfig
  readonly environments: ReadonlyMap<string, EnvironmentConfig>
}

export interface ContractConfig {
  readonly name: ContractName
  readonly compatibility: 'tolerant' | 'strict'
  /** Path of the API description in the server's repository. */
  readonly spec?: string
  readonly calls?: CallPattern
  /** No call for this long before a server may drop a version. */
  readonly quietMs: DurationMs
  /** What callers of old majors are told, by major. */
  readonly sunset?: ReadonlyMap<number, SunsetConfig>
}

/** The end of one major, as the `Deprecation` and `Sunset` headers announce it. */
export interface SunsetConfig {
  /** Since when, or from when on, callers should move. */
  readonly deprecated?: Instant
  /** When it will stop to answer. */
  readonly sunset: Instant
  /** A page that says how to move. */
  readonly link?: string
}

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
  /** The logs that together hold every call, by name. */
  readonly sources: ReadonlyMap<string, SourceConfig>
}

export interface SourceConfig {
  /** Below the folder of `sluice.yaml`, or absolute. */
  readonly file: string
  /** Found out by its first lines where it is not said. */
  readonly format?: LogFormat
}

/** How a call to one version looks in traffic; `{major}` stands for the number. */
export type CallPattern =
  | {readonly in: 'path'; readonly pattern: string}
  | {readonly in: 'header'; readonly name: string; readonly pattern: string}
  | {readonly in: 'query'; readonly name: string; readonly pattern: string}
  /** The method of a JSON-RPC call. */
  | {readonly in: 'rpc'; readonly pattern: string}

/** Picks the default rollout: critical 5/25/50/100, client 10/50/100, backend straight to 100. */
export type Role = 'critical' | 'backend' | 'client'

export interface ServiceConfig {
  readonly name: ServiceName
  readonly role: Role
  readonly data?: 'source-of-truth' | 'cached'
  /** Path (relative to the folder of `sluice.yaml`) or git URL. */
  readonly repo?: string
  /** How a release is tagged; contains `{version}`. */
  readonly tag: string
  readonly run?: RunConfig
  readonly route?: RouteConfig
  readonly rollout: RolloutConfig
  readonly matrix?: MatrixConfig
  /** A command that switches the mode of what runs; without it a switch restarts with the new SLUICE_MODE. */
  readonly switch?: readonly string[]
  /** Releases whose facts stand in the file, ascending. */
  readonly releases: readonly ConfiguredRelease[]
  readonly after: readonly ServiceName[]
}

/** Facts from the file or from a manifest; a release may override how it is run. */
export interface ConfiguredRelease extends Release {
  /** Merged over the service's own `run`. */
  readonly run?: RunConfig
}

export interface RunConfig {
  /** Program and arguments; never a shell line. */
  readonly command?: readonly string[]
  /** Below the checkout, or below the folder of `sluice.yaml` where there is no `repo`. */
  readonly cwd?: string
  /** Image with `{version}`, for container runtimes. */
  readonly image?: string
  /** The port inside a container; a process is given its own by PORT. */
  readonly port?: number
  readonly replicas?: number
  readonly health?: {readonly path: string; readonly timeoutMs: DurationMs}
  readonly env?: Readonly<Record<string, string>>
  readonly stop?: {readonly drainMs: DurationMs}
}

export interface RouteConfig {
  /** Name of the back end in the balancer. */
  readonly backend: string
  /** `host:port` the embedded balancer listens on. */
  readonly listen?: string
}

export interface RolloutConfig {
  /** Ascending, the last is 100. */
  readonly steps: readonly Percent[]
  readonly bakeMs: DurationMs
  readonly checks: readonly CheckConfig[]
  /** Fewer requests than this on `next` in one bake are no ground for a verdict on errors or latency. */
  readonly minRequests: number
  /** How many instances of `next` run beside `current`: all from the first share on, or as many as each share needs. */
  readonly surge: 'full' | 'proportional'
  /** How many instances of `next` may be missing or ill without the release being taken back. */
  readonly maxUnavailable: Allowance
  /** Fewer healthy instances of `next` than this never carry traffic. */
  readonly leastHealthy: number
}

/** A number of instances, or a part of those that are wanted. */
export type Allowance = {readonly count: number} | {readonly percent: Percent}

export type CheckConfig =
  /** Share of failed requests of `next` during the bake, as `< 1%`. */
  | {readonly kind: 'errors'; readonly below: Percent}
  /** A quantile of the latency of `next`, as `p95: "< 300ms"`. */
  | {readonly kind: 'latency'; readonly quantile: 50 | 95 | 99; readonly belowMs: DurationMs}
  /** A GET on every instance of `next` answers 2xx. */
  | {readonly kind: 'http'; readonly path: string; readonly timeoutMs: DurationMs}
  /** Exit code 0; run with SLUICE_SERVICE, SLUICE_RELEASE and SLUICE_SHARE. */
  | {readonly kind: 'command'; readonly command: readonly string[]; readonly timeoutMs: DurationMs}

export interface MatrixConfig {
  readonly prod?: string
  readonly master?: string
  readonly pinned?: readonly string[]
  readonly latest?: readonly string[]
  readonly test?: readonly string[]
}

/** `version`, `range`, `latest`, `none`, or a release with a mode, as asked for; resolved against releases later. */
export type Wanted =
  | {readonly is: 'none'}
  | {readonly is: 'latest'; readonly mode?: string}
  /** An exact version is a range of one. */
  | {readonly is: 'range'; readonly range: string; readonly mode?: string}

export interface EnvironmentConfig {
  readonly name: string
  readonly runtime: DriverConfig
  readonly balancer: DriverConfig
  /** Only until Sluice has its own record. */
  readonly current: ReadonlyMap<ServiceName, Wanted>
  readonly target: ReadonlyMap<ServiceName, Wanted>
  readonly excuses: readonly Excuse[]
  /** The services as they are in this environment: the file's, with the environment's overrides merged in. */
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
}

/** A driver by name, and its own options as written. */
export interface DriverConfig {
  readonly driver: string
  readonly options: Readonly<Record<string, unknown>>
}
