import {failure, type Problem} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {Config, ConfiguredRelease} from '../config/config.ts'
import {placeFinder} from '../config/locate.ts'
import {oneServer} from '../config/rules/one-server.ts'
import {serversOf} from '../config/rules/rule.ts'
import {strictOnes} from '../config/rules/rules.ts'
import {servedContracts} from '../config/rules/served-contracts.ts'
import {strictExact} from '../config/rules/strict-exact.ts'
import {upgradesFromModes} from '../config/rules/upgrades-from-modes.ts'
import type {Finding} from '../config/shape/shape.ts'
import type {Source} from '../config/source.ts'
import {ascending} from '../config/version.ts'
import {type Found, factsOf, type Gathering, gather, setAside, type Unusable} from './gather.ts'
import type {ServiceName, System} from './system.ts'

/** The system with the releases of all its services, from the file and from manifests. */
export interface Assembled {
  readonly system: System
  /** The same releases, ascending, with how each is run where that differs. */
  readonly releases: ReadonlyMap<ServiceName, readonly ConfiguredRelease[]>
  /** Releases whose manifest cannot be used, and why; they are in neither of the above. */
  readonly unusable: Unusable
  /** Everything in `unusable`, and what else deserves a look. */
  readonly warnings: readonly Problem[]
}

/**
 * Puts the facts of the file and those of the manifests together. A bad manifest costs its release, never the run; what
 * cannot be settled within one release, such as two servers of one contract, is a failure. `source` is the text that
 * `config` was parsed from: problems point into it, and to what the environment overrides where one is named.
 */
export function systemOf(config: Config, found: Found, source: Source, environment?: string): Result<Assembled> {
  // What the file says alone has been looked at with the file.
  if (found.size === 0) return ok(assembled(config, releasesIn(config), new Map(), []))
  const gathering = gather(config, found)
  const placed = placer(gathering, source, environment)
  const unfitting = sortOut(gathering, config, placed)
  if (unfitting.length > 0)
    return fail(failure('config-invalid', {message: 'the releases do not fit together', problems: unfitting}))
  const warnings = [...unusableProblems(gathering), ...almostServed(gathering, config, placed)]
  return ok(assembled(config, sorted(gathering), gathering.unusable, warnings))
}

function assembled(
  config: Config,
  releases: Assembled['releases'],
  unusable: Unusable,
  warnings: readonly Problem[],
): Assembled {
  return {system: systemFrom(config, releases), releases, unusable, warnings}
}

/**
 * The rules between facts once more, now that those of the manifests are known. What is wrong within a manifest costs
 * its release; answered is what is wrong beyond that.
 */
function sortOut(gathering: Gathering, config: Config, placed: Placer): Problem[] {
  const facts = factsOf(gathering)
  const found = [...strictExact(facts, strictOnes(config.contracts)), ...upgradesFromModes(facts)]
  const beyond = found.filter(one => manifestOf(gathering, one) === undefined).map(placed)
  const own = found
    .filter(one => manifestOf(gathering, one))
    .map(one => ({...releaseOfFinding(one), problem: placed(one)}))
  for (const {service, version, problem} of own) setAside(gathering, service, version, [problem])
  const usable = factsOf(gathering)
  return [...beyond, ...oneServer(usable, serversOf(usable)).map(placed)]
}

function almostServed(gathering: Gathering, config: Config, placed: Placer): Problem[] {
  const facts = factsOf(gathering)
  const known = new Set([...serversOf(facts).keys(), ...config.contracts.keys()])
  return servedContracts(facts, known).map(placed)
}

function systemFrom(config: Config, releases: Assembled['releases']): System {
  return {
    name: config.system,
    contracts: config.contracts,
    services: new Map(
      [...config.services].map(([name, {after}]) => [name, {name, after, releases: releases.get(name) ?? []}]),
    ),
    apart: config.apart,
  }
}

/** Those of the file are in order already. */
function releasesIn({services}: Config): Assembled['releases'] {
  return new Map([...services].map(([name, {releases}]) => [name, releases]))
}

function sorted({releases}: Gathering): Map<ServiceName, ConfiguredRelease[]> {
  return new Map(
    [...releases].map(([service, known]) => [
      service,
      ascending(
        [...known.values()].map(({release}) => release),
        release => release.version,
      ),
    ]),
  )
}

/** Findings on releases start with `services`, the service, `releases` and the version. */
const RELEASE_PATH_LENGTH = 4

function releaseOfFinding({path}: Finding): {service: ServiceName; version: string} {
  return {service: String(path[1]), version: String(path[3])}
}

function manifestOf({releases}: Gathering, found: Finding): Source | undefined {
  const {service, version} = releaseOfFinding(found)
  return releases.get(service)?.get(version)?.manifest
}

type Placer = (found: Finding) => Problem

/** Findings as problems: in the manifest that they are about, or else in the file. */
function placer(gathering: Gathering, source: Source, environment?: string): Placer {
  const inFile = placeFinder(source, environment)
  return found => {
    const {path, on, message, hint} = found
    const manifest = manifestOf(gathering, found)
    const place = manifest
      ? {file: manifest.file, ...placeFinder(manifest)(path.slice(RELEASE_PATH_LENGTH), on)}
      : {file: source.file, ...inFile(path, on)}
    return {...place, message, ...(hint === undefined ? {} : {hint})}
  }
}

function unusableProblems({unusable}: Gathering): Problem[] {
  return [...unusable.values()].flatMap(versions => [...versions.values()].flat())
}
