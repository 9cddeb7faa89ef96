import {byText} from '../base/order.ts'
import type {ServiceName} from '../graph/system.ts'
import type {Resolved} from '../matrix/resolved.ts'
import {compareVersions} from './version.ts'

/** The locked libraries of one service: what is in production, and what its next release would bring. */
export interface Locked {
  readonly service: ServiceName
  readonly prod: Resolved
  readonly master?: Resolved
}

/** One library in more than one version. */
export interface SkewedLibrary {
  readonly library: string
  /** Newest first. */
  readonly versions: readonly {readonly version: string; readonly services: readonly ServiceName[]}[]
  /** Those that have a version other than the newest one. */
  readonly lagging: readonly ServiceName[]
}

/** Something that one service could do, and how many versions fewer there would be. */
export interface SkewMove {
  /** `update`: its libraries go to the newest that another service has. `release`: what is on master goes out. */
  readonly kind: 'update' | 'release'
  readonly service: ServiceName
  /** Versions that nobody would have any more, and versions that nobody has now. */
  readonly removes: number
  readonly adds: number
  /** The libraries that would move. */
  readonly libraries: readonly string[]
}

/** How far services have drifted apart. */
export interface Skew {
  readonly services: readonly ServiceName[]
  /** Libraries that any of them has. */
  readonly libraries: number
  /** Pairs of library and version. One version a library would be the least. */
  readonly versions: number
  /** Most versions first. */
  readonly skewed: readonly SkewedLibrary[]
  /** Those that leave fewer versions, the best first. */
  readonly moves: readonly SkewMove[]
}

/** Counts versions over the services, and tries every single move. */
export function skewOf(locked: readonly Locked[]): Skew {
  const holders = holdersOf(locked)
  const skewed = [...holders]
    .filter(([, of]) => of.size > 1)
    .map(([library, of]) => skewedOf(library, of))
    .toSorted((a, b) => b.versions.length - a.versions.length || byText(a.library, b.library))
  return {
    services: locked.map(({service}) => service),
    libraries: holders.size,
    versions: [...holders.values()].reduce((sum, of) => sum + of.size, 0),
    skewed,
    moves: movesOf(locked, holders, skewed),
  }
}

/** Who has which version of which library. */
type Holders = ReadonlyMap<string, ReadonlyMap<string, readonly ServiceName[]>>

function holdersOf(locked: readonly Locked[]): Holders {
  const holders = new Map<string, Map<string, ServiceName[]>>()
  for (const {service, prod} of locked) {
    for (const [library, versions] of prod) {
      const of = holders.get(library) ?? new Map<string, ServiceName[]>()
      holders.set(library, of)
      for (const version of versions) of.set(version, (of.get(version) ?? []).concat(service))
    }
  }
  return holders
}

function skewedOf(library: string, of: ReadonlyMap<string, readonly ServiceName[]>): SkewedLibrary {
  const versions = [...of]
    .map(([version, services]) => ({version, services}))
    .toSorted((a, b) => newestFirst(a.version, b.version))
  const behind = new Set(versions.slice(1).flatMap(({services}) => services))
  return {library, versions, lagging: [...behind].toSorted(byText)}
}

function newestFirst(a: string, b: string): number {
  return compareVersions(b, a) || byText(b, a)
}

function movesOf(locked: readonly Locked[], holders: Holders, skewed: readonly SkewedLibrary[]): readonly SkewMove[] {
  const newest = new Map(skewed.map(({library, versions}) => [library, versions[0]?.version ?? '']))
  return locked
    .flatMap(one => [
      moveOf('update', one, updated(one.prod, newest), holders),
      ...(one.master ? [moveOf('release', one, one.master, holders)] : []),
    ])
    .filter(({removes, adds}) => removes > adds)
    .toSorted(
      (a, b) => b.removes - b.adds - (a.removes - a.adds) || byText(a.service, b.service) || byText(a.kind, b.kind),
    )
}

/** What is in production elsewhere has been tried already: that is where its libraries go. */
function updated(prod: Resolved, newest: ReadonlyMap<string, string>): Resolved {
  return new Map(
    [...prod].map(([library, versions]) => {
      const to = newest.get(library)
      return [library, to === undefined ? versions : [to]]
    }),
  )
}

function moveOf(kind: SkewMove['kind'], {service, prod}: Locked, next: Resolved, holders: Holders): SkewMove {
  const others = (library: string, version: string) =>
    (holders.get(library)?.get(version) ?? []).some(holder => holder !== service)
  const onlyIn = (a: Resolved, b: Resolved) =>
    [...a].flatMap(([library, versions]) =>
      versions.filter(version => !b.get(library)?.includes(version) && !others(library, version)),
    ).length
  const names = [...new Set([...prod.keys(), ...next.keys()])]
  const libraries = names.filter(name => prod.get(name)?.join() !== next.get(name)?.join()).toSorted(byText)
  return {kind, service, removes: onlyIn(prod, next), adds: onlyIn(next, prod), libraries}
}
