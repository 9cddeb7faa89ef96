import type {DurationMs, Instant, Percent} from '../base/units.ts'
import type {Excuse, Release, ServiceName, ContractName} from './facts.ts'
import type {UsageConfig} from './usage.ts'

export type {
  CounterConfig,
  EvidenceKind,
  LogFormat,
  SourceConfig,
  SyslogAddress,
  UsageConfig,
} from './usage.ts'

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
  /** Who is told what happens in rollouts. */
  readonly notifications: readonly NotificationConfig[]
  readonly environments: ReadonlyMap<string, EnvironmentConfig>
}

/** A webhook that is told of events. */
export interface NotificationConfig {
  readonly name: string
  /** Where it is; or the environment variable that says so, since many such addresses are secrets. */
  readonly to: {readonly url: string} | {readonly urlFrom: string}
  /** The environment variable with the secret that messages are signed with. */
  readonly secretFrom?: string
  readonly format: 'json' | 'slack'
  /** Types of events. */
  readonly events: readonly string[]
  /** Only of these environments; of all where it is absent. */
  readonly environments?: readonly string[]
  /** The words, with `{text}` and others filled in. */
  readonly template: string
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
  /** What happens before a major goes. */
  readonly brownout?: BrownoutConfig
}

/** A part of the calls to a major is answered 410 for a while before the major goes. */
export interface BrownoutConfig {
  readonly share: Percent
  readonly forMs: DurationMs
  /** Any of them failing is a complaint. */
  readonly checks: readonly CheckConfig[]
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
  /** Programs that are run before and after its steps, by the point; and those that clear its copies of others' data. */
  readonly hooks?: ReadonlyMap<string, HookConfig>
  /** The hook that its clients run after its contract has changed, to forget their copies. */
  readonly invalidate?: string
  /** What must hold before each of its steps, besides what follows from its contracts. */
  readonly gates?: readonly GateConfig[]
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
  /** Arguments for the image's program, in place of its own. `command` is for runtimes without images. */
  readonly args?: readonly string[]
  /** `name:/inside` or `/outside:/inside`, with `:ro` behind it where nothing may be written. */
  readonly volumes?: readonly string[]
  /** Folders inside that are kept in memory. */
  readonly tmpfs?: readonly string[]
  /** Networks of the container runtime that instances join besides being published; they have to exist. */
  readonly networks?: readonly string[]
  readonly resources?: ResourcesConfig
  /** `name`, `uid` or `uid:gid` inside. */
  readonly user?: string
  /** Whether nothing may be written outside volumes and tmpfs. */
  readonly readOnly?: boolean
  readonly restart?: 'no' | 'always' | 'on-failure' | 'unless-stopped'
  readonly healthcheck?: HealthcheckConfig
}

/** What one instance may use at most. */
export interface ResourcesConfig {
  readonly memoryBytes?: number
  /** A part of one, or more than one. */
  readonly cpus?: number
}

/** A command that the container runtime runs inside, again and again. */
export interface HealthcheckConfig {
  readonly test: readonly string[]
  readonly intervalMs: DurationMs
  readonly timeoutMs: DurationMs
  readonly retries: number
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
  /**
   * Fewer requests than this on `next` in one bake are no ground for a verdict on errors or latency. 0 says that none
   * are needed.
   */
  readonly minRequests: number
  /** From when a share is reached until every check must have come to a verdict; absent for the usual. */
  readonly deadlineMs?: DurationMs
  /** What is done where a step of the service was taken back; without it, `halt`. */
  readonly onFailure?: OnFailure
  /** How many instances of `next` run beside `current`: all from the first share on, or as many as each share needs. */
  readonly surge: 'full' | 'proportional'
  /** How many instances of `next` may be missing or ill without the release being taken back. */
  readonly maxUnavailable: Allowance
  /** Fewer healthy instances of `next` than this never carry traffic. */
  readonly leastHealthy: number
}

/** A number of instances, or a part of those that are wanted. */
export type Allowance = {readonly count: number} | {readonly percent: Percent}

/**
 * What else is done where a step was taken back. `halt`: nothing, what was done before stands. `undo-wave`: what was done
 * in its wave goes back too. `undo-plan`: all that was done.
 */
export type OnFailure = 'halt' | 'undo-wave' | 'undo-plan'

/** What is done where a check comes to no verdict by the deadline: wait for a person, go on, or take it back. */
export type OnInconclusive = 'pause' | 'continue' | 'fail'

/** What can be said of every check. */
export interface CheckTerms {
  /** How reports call it; absent for the usual. */
  readonly name?: string
  /** It is watched and reported, and decides nothing. */
  readonly observe?: boolean
  /** `pause` where it is absent. */
  readonly onInconclusive?: OnInconclusive
}

/** What can be said of a check that asks somebody over and over. Every limit is what may be without a consequence. */
export interface AskingTerms {
  /** How long one answer may take. */
  readonly timeoutMs: DurationMs
  /** From one answer to the next question. */
  readonly intervalMs?: DurationMs
  /** So many answers are needed for a verdict. */
  readonly count?: number
  /** Answers that say no, in one bake; 0 where it is absent. */
  readonly failureLimit?: number
  /** Answers that say neither yes nor no, in one bake; 0 where it is absent. */
  readonly inconclusiveLimit?: number
  /** Errors of the measuring in a row; 4 where it is absent. */
  readonly consecutiveErrorLimit?: number
  /** What a value must be for a yes. */
  readonly success?: Condition
  /** What a value must be for a no. */
  readonly failure?: Condition
}

/** A comparison of a measured value with a given one, as `< 0.5` or `== ready`. */
export interface Condition {
  readonly is: '<' | '<=' | '>' | '>=' | '==' | '!='
  readonly value: number | string
}

/** Part of all answers that a quantile leaves below. */
export type Quantile = 50 | 95 | 99

export type CheckConfig = CheckTerms & (CountedCheck | AskingCheck)

/** Judged from what the balancer counts. */
export type CountedCheck =
  /** Share of failed requests of `next` during the bake, as `< 1%`. */
  | {readonly kind: 'errors'; readonly below: Percent}
  /** A quantile of the latency of `next`, as `p95: "< 300ms"`. */
  | {readonly kind: 'latency'; readonly quantile: Quantile; readonly belowMs: DurationMs}
  /**
   * `next` against `current` in the same minutes. `margin` is how much worse it may be: for errors in points of the
   * share that fails, for a quantile of the latency in parts of what `current` has.
   */
  | {
      readonly kind: 'compare'
      readonly of: 'errors' | Quantile
      readonly margin: Percent
      readonly confidence: Percent
    }

/** Judged from what somebody answers. */
export type AskingCheck = AskingTerms &
  (
    | {
        /** A GET on every instance of `next`: of its status, or of one value in its JSON. */
        readonly kind: 'http'
        readonly path: string
        /** 2xx where it is absent. */
        readonly status?: number
        /** Where the value stands in the JSON of the answer, as `queue.depth` or `nodes[0].state`. */
        readonly json?: string
      }
    /** Exit code 0; or, with conditions, what it writes. Run with SLUICE_SERVICE, SLUICE_RELEASE and SLUICE_SHARE. */
    | {readonly kind: 'command'; readonly command: readonly string[]}
    /** What a PromQL query evaluates to; `{service}`, `{release}`, `{mode}` and `{share}` are filled in. */
    | {readonly kind: 'prometheus'; readonly query: string}
  )

/** A program of the user's that is run once at a point of a step. */
export interface HookConfig {
  readonly command: readonly string[]
  readonly timeoutMs: DurationMs
  /** Running it twice does no harm, so where nobody knows whether it ran, it is run again. */
  readonly idempotent: boolean
}

/** A condition of the file's own that must hold before a step begins. Several of one kind are told apart by their names. */
export type GateConfig = {readonly name?: string} & (
  | {
      /** So many of these people have said yes. */
      readonly kind: 'approval'
      readonly by: readonly string[]
      readonly count: number
    }
  | {
      /** `window`: steps begin only meanwhile. `freeze`: they do not begin meanwhile. */
      readonly kind: 'window' | 'freeze'
      readonly during: Span
      /** IANA, as `Europe/Berlin`. */
      readonly timezone: string
      readonly reason?: string
    }
  | {
      /** It ends with exit code 0. */
      readonly kind: 'command'
      readonly command: readonly string[]
      readonly timeoutMs: DurationMs
      readonly intervalMs: DurationMs
    }
  /** So long after the last step of the rollout has ended. */
  | {readonly kind: 'spacing'; readonly ms: DurationMs}
  /** The test matrix of the release that is to run is green. */
  | {readonly kind: 'matrix'}
)

/** A stretch of local time. */
export type Span =
  /** Days, or minutes of days, both ends included: `2026-12-20`, `2026-12-20T18:00`. */
  | {readonly is: 'dates'; readonly from: string; readonly to: string}
  /** Every week: from the one time on each of these days until the other, which may be on the day after. */
  | {readonly is: 'weekly'; readonly days: readonly Weekday[]; readonly from: string; readonly to: string}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export interface MatrixConfig {
  readonly prod?: string
  readonly master?: string
  readonly pinned?: readonly string[]
  readonly latest?: readonly string[]
  readonly test?: readonly string[]
  /** Cells run in containers of this kind; on this machine without it. */
  readonly container?: MatrixContainer
}

/** What each command of a cell runs in. */
export interface MatrixContainer {
  readonly image: string
  /** Bytes; nothing is swapped out. */
  readonly memoryBytes: number
  /** Processors, also parts of one. */
  readonly cpus: number
  /** A network of Docker's, by name. */
  readonly network: string
  /** No network for what runs code of the service or its libraries. */
  readonly offline: boolean
  /** Variables that lines which talk to registries get from the user's environment. */
  readonly env: readonly string[]
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
  /** What must hold before each step here. */
  readonly gates?: readonly GateConfig[]
  /** Who answers PromQL queries. */
  readonly prometheus?: PrometheusConfig
  /** Steps of one rollout that may fail while what does not wait for them goes on; 0 without it. */
  readonly maxFailures?: number
  /** The services as they are in this environment: the file's, with the environment's overrides merged in. */
  readonly services: ReadonlyMap<ServiceName, ServiceConfig>
}

/** A server that answers PromQL queries. */
export interface PrometheusConfig {
  /** Where its API begins, without `/api/v1`. */
  readonly url: string
  /** The environment variable that holds a bearer token. */
  readonly tokenFrom?: string
}

/** A driver by name, and its own options as written. */
export interface DriverConfig {
  readonly driver: string
  readonly options: Readonly<Record<string, unknown>>
}
