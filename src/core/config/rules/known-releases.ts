import Range from 'semver/classes/range.js'
import type {Wanted} from '../config.ts'
import type {ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import type {WrittenRelease} from '../written/release.ts'
import type {WrittenService} from '../written/service.ts'
import {VERSION} from '../version.ts'
import type {Path} from '../yaml/places.ts'
import {finding, guesser, type Rule} from './rule.ts'

/** What runs and what should run is a release, where the file alone knows all releases of the service. */
export const knownReleases: Rule = function* (file): Generator<Finding> {
  for (const [environment, {current, target}] of file.environments ?? []) {
    yield* check(current ?? new Map(), file.services, ['environments', environment, 'current'])
    yield* check(target ?? new Map(), file.services, ['environments', environment, 'target'])
  }
}

function* check(
  wanted: ReadonlyMap<ServiceName, Wanted>,
  services: ReadonlyMap<ServiceName, WrittenService>,
  path: Path,
): Generator<Finding> {
  for (const [name, want] of wanted) {
    const service = services.get(name)
    if (want.is === 'none' || !service?.releases || service.repo !== undefined) continue
    yield* checkOne(name, want, service.releases, [...path, name])
  }
}

function* checkOne(
  service: ServiceName,
  want: Exclude<Wanted, {is: 'none'}>,
  releases: ReadonlyMap<string, WrittenRelease>,
  path: Path,
): Generator<Finding> {
  const matching = want.is === 'latest' ? [...releases.values()] : releasesIn(want.range, releases)
  if (matching.length === 0) yield unknownRelease(service, want.is === 'latest' ? 'latest' : want.range, releases, path)
  const {mode} = want
  if (mode === undefined || matching.length === 0 || matching.some(release => release.modes?.has(mode))) return
  const modes = new Set(matching.flatMap(release => [...(release.modes?.keys() ?? [])]))
  const hint = modes.size === 0 ? 'it has no modes: leave the mode out' : guesser(modes, 'its modes')(mode)
  yield finding([...path, 'mode'], `this release of ${service} has no mode ${JSON.stringify(mode)}`, hint)
}

function releasesIn(range: string, releases: ReadonlyMap<string, WrittenRelease>): WrittenRelease[] {
  const exact = releases.get(range)
  if (exact) return [exact]
  const parsed = new Range(range)
  return [...releases]
    .filter(([version]) => VERSION.test(version) && parsed.test(version))
    .map(([, release]) => release)
}

function unknownRelease(
  service: ServiceName,
  range: string,
  releases: ReadonlyMap<string, WrittenRelease>,
  path: Path,
): Finding {
  const hint = `its releases: ${[...releases.keys()].slice(-MOST_LISTED).join(', ')}`
  if (VERSION.test(range)) return finding(path, `there is no release ${range} of ${service}`, hint)
  return finding(path, `no release of ${service} is in ${JSON.stringify(range)}`, hint)
}

const MOST_LISTED = 20
