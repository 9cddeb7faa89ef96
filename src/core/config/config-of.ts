import type {DurationMs} from '../base/units.ts'
import type {
  BrownoutConfig,
  Config,
  ConfiguredRelease,
  ContractConfig,
  DriverConfig,
  EnvironmentConfig,
  RolloutConfig,
  Role,
  ServiceConfig,
  UsageConfig,
} from './config.ts'
import type {ContractName, Mode, ServiceName, Speech} from './facts.ts'
import type {WrittenContract} from './written/contract.ts'
import type {WrittenEnvironment} from './written/environment.ts'
import type {WrittenFile} from './written/file.ts'
import type {WrittenRelease, WrittenSpeech} from './written/release.ts'
import type {WrittenRollout} from './written/rollout.ts'
import type {WrittenService} from './written/service.ts'
import type {WrittenUsage} from './written/usage.ts'
import {ascending} from './version.ts'

const DEFAULT_ROLE: Role = 'backend'
const DEFAULT_TAG = 'v{version}'
const DEFAULT_QUIET_MS = 7 * 86_400_000
/** A backend goes straight to 100 as soon as it is healthy. */
const DEFAULT_BAKE_MS: Readonly<Record<Role, DurationMs>> = {critical: 60_000, client: 60_000, backend: 0}
const DEFAULT_MIN_REQUESTS = 20
const DEFAULT_RUNTIME: DriverConfig = {driver: 'process', options: {}}
const DEFAULT_BALANCER: DriverConfig = {driver: 'embedded', options: {}}

/** The shares of a rollout that names none. */
const DEFAULT_STEPS: Readonly<Record<Role, RolloutConfig['steps']>> = {
  critical: [5, 25, 50, 100],
  client: [10, 50, 100],
  backend: [100],
}

/** The services of one environment, as written and with its overrides merged in; none where it overrides nothing. */
export type Overridden = ReadonlyMap<string, ReadonlyMap<ServiceName, WrittenService>>

/** The written file, found valid, with its defaults filled in. */
export function configOf(file: string, written: WrittenFile, overridden: Overridden): Config {
  const services = mapValues(written.services, serviceOf)
  return {
    file,
    system: written.system,
    ...(written.state === undefined ? {} : {state: written.state}),
    contracts: mapValues(written.contracts ?? new Map(), contractOf),
    services,
    apart: written.apart ?? [],
    usage: usageOf(written.usage ?? {}),
    notifications: written.notifications ?? [],
    environments: mapValues(written.environments ?? new Map(), (environment, name) =>
      environmentOf(name, environment, withOverrides(services, overridden.get(name))),
    ),
  }
}

function mapValues<T, U>(from: ReadonlyMap<string, T>, into: (value: T, name: string) => U): Map<string, U> {
  const result = new Map<string, U>()
  for (const [name, value] of from) result.set(name, into(value, name))
  return result
}

function contractOf(written: WrittenContract, name: ContractName): ContractConfig {
  const {compatibility = 'tolerant', quiet: quietMs = DEFAULT_QUIET_MS, sunset, brownout, ...rest} = written
  const majors = sunset && new Map([...sunset].map(([major, end]) => [Number(major), end] as const))
  return {
    name,
    compatibility,
    quietMs,
    ...(majors ? {sunset: majors} : {}),
    ...(brownout && {brownout: brownoutOf(brownout)}),
    ...rest,
  }
}

function brownoutOf({share, for: forMs, checks = []}: NonNullable<WrittenContract['brownout']>): BrownoutConfig {
  return {share, forMs, checks}
}

/** Strongest first: a verified certificate cannot be made up, an address may be shared by a whole floor. */
const DEFAULT_CLIENTS = ['certificate', 'key', 'token', 'service', 'agent', 'address'] as const

function usageOf({clients = DEFAULT_CLIENTS, captures = [], fields, ignore = [], sources}: WrittenUsage): UsageConfig {
  return {clients, captures, fields: fields ?? new Map(), ignore, sources: sources ?? new Map()}
}

function serviceOf(written: WrittenService, name: ServiceName): ServiceConfig {
  const {role = DEFAULT_ROLE, tag = DEFAULT_TAG, after = [], rollout, releases, ...rest} = written
  return {
    name,
    role,
    tag,
    after,
    rollout: rolloutOf(rollout ?? {}, role),
    releases: ascending(
      [...(releases ?? [])].map(([version, facts]) => releaseOf(version, facts)),
      release => release.version,
    ),
    ...rest,
  }
}

function rolloutOf(written: WrittenRollout, role: Role): RolloutConfig {
  return {
    steps: written.steps ?? DEFAULT_STEPS[role],
    bakeMs: written.bake ?? DEFAULT_BAKE_MS[role],
    checks: written.checks ?? [],
    minRequests: written.minRequests ?? DEFAULT_MIN_REQUESTS,
    ...(written.deadline !== undefined && {deadlineMs: written.deadline}),
    ...(written.onFailure && {onFailure: written.onFailure}),
    surge: written.surge ?? 'full',
    maxUnavailable: written.maxUnavailable ?? {count: 0},
    leastHealthy: written.leastHealthy ?? 1,
  }
}

/** One release of a service, from the file or from its manifest. */
export function releaseOf(version: string, written: WrittenRelease): ConfiguredRelease {
  const {modes, upgradesFrom, run} = written
  return {
    version,
    ...speechOf(written),
    modes: modes
      ? [...modes].map(([name, mode]): Mode => ({name, ...speechOf(mode), irreversible: mode.irreversible ?? false}))
      : [],
    irreversible: written.irreversible ?? false,
    ...(upgradesFrom ? {upgradesFrom} : {}),
    ...(run ? {run} : {}),
  }
}

const SILENT: Speech = {provides: new Map(), consumes: new Map()}

function speechOf(written: WrittenSpeech): Speech {
  return {provides: written.provides ?? SILENT.provides, consumes: written.consumes ?? SILENT.consumes}
}

function environmentOf(
  name: string,
  written: WrittenEnvironment,
  services: ReadonlyMap<ServiceName, ServiceConfig>,
): EnvironmentConfig {
  return {
    name,
    runtime: written.runtime ?? DEFAULT_RUNTIME,
    balancer: written.balancer ?? DEFAULT_BALANCER,
    current: written.current ?? new Map(),
    target: written.target ?? new Map(),
    excuses: written.excuse ?? [],
    ...(written.gates && {gates: written.gates}),
    ...(written.prometheus && {prometheus: written.prometheus}),
    ...(written.maxFailures !== undefined && {maxFailures: written.maxFailures}),
    services,
  }
}

function withOverrides(
  services: ReadonlyMap<ServiceName, ServiceConfig>,
  overrides: ReadonlyMap<ServiceName, WrittenService> | undefined,
): ReadonlyMap<ServiceName, ServiceConfig> {
  if (!overrides || overrides.size === 0) return services
  return new Map([...services, ...mapValues(overrides, serviceOf)])
}
