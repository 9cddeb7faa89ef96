import type {Problem} from '../base/failure.ts'
import type {Config, ConfiguredRelease} from '../config/config.ts'
import {parseManifest} from '../config/manifest.ts'
import type {Facts} from '../config/rules/rule.ts'
import type {Source} from '../config/source.ts'
import type {ServiceName} from './system.ts'

/** A release that was found in a repository: a tag, and its manifest where there is one. */
export interface FoundRelease {
  readonly version: string
  readonly manifest?: Source
  /** Why the manifest that is there could not be read. */
  readonly unreadable?: {readonly file: string; readonly why: string}
}

/** What the repositories hold, per service. */
export type Found = ReadonlyMap<ServiceName, readonly FoundRelease[]>

/** Releases whose manifest cannot be used, and why. */
export type Unusable = ReadonlyMap<ServiceName, ReadonlyMap<string, readonly Problem[]>>

/** A release, and the manifest its facts are from; the file, where there is none. */
export interface Gathered {
  readonly release: ConfiguredRelease
  readonly manifest?: Source
}

/** All releases by service and version, those whose manifest could not be read set aside. */
export interface Gathering {
  readonly releases: ReadonlyMap<ServiceName, Map<string, Gathered>>
  readonly unusable: Map<ServiceName, Map<string, readonly Problem[]>>
}

/** Facts of the file come first and win; then whatever the repositories know. */
export function gather(config: Config, found: Found): Gathering {
  const gathering: Gathering = {
    releases: new Map(
      [...config.services].map(([name, {releases}]) => [
        name,
        new Map(releases.map(release => [release.version, {release}])),
      ]),
    ),
    unusable: new Map(),
  }
  for (const [service, releases] of found) for (const release of releases) add(gathering, service, release)
  return gathering
}

function add(gathering: Gathering, service: ServiceName, {version, manifest, unreadable}: FoundRelease): void {
  const known = gathering.releases.get(service)
  if (!known || known.has(version)) return
  if (unreadable) {
    const {file, why} = unreadable
    setAside(gathering, service, version, [{file, line: 1, column: 1, message: `the manifest cannot be read: ${why}`}])
    return
  }
  if (!manifest) {
    known.set(version, {release: silent(version)})
    return
  }
  const parsed = parseManifest(manifest, service, version)
  if (parsed.ok) known.set(version, {release: parsed.value, manifest})
  else setAside(gathering, service, version, parsed.failure)
}

/** A release without a manifest speaks nothing. */
function silent(version: string): ConfiguredRelease {
  return {version, provides: new Map(), consumes: new Map(), modes: [], irreversible: false}
}

/** Takes a release out, and keeps what is wrong with it. */
export function setAside(
  {releases, unusable}: Gathering,
  service: ServiceName,
  version: string,
  problems: readonly Problem[],
): void {
  releases.get(service)?.delete(version)
  const ofService = unusable.get(service) ?? new Map<string, readonly Problem[]>()
  ofService.set(version, [...(ofService.get(version) ?? []), ...problems])
  unusable.set(service, ofService)
}

/** The gathered releases in the form that the rules of a file look at. */
export function factsOf({releases}: Gathering): Facts {
  return new Map(
    [...releases].map(([service, known]) => [
      service,
      {
        releases: new Map(
          [...known].map(([version, {release}]) => [
            version,
            {...release, modes: new Map(release.modes.map(mode => [mode.name, mode]))},
          ]),
        ),
      },
    ]),
  )
}
