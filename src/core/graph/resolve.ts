import Range from 'semver/classes/range.js'
import {type Failure, failure, type Problem} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {EnvironmentConfig, Wanted} from '../config/config.ts'
import {placeFinder} from '../config/locate.ts'
import {didYouMean} from '../config/shape/nearest.ts'
import type {Source} from '../config/source.ts'
import {VERSION} from '../config/version.ts'
import type {Assembled} from './system-of.ts'
import type {MaybeState, Question, Release, ServiceName, State} from './system.ts'
import {isPreRelease} from './versions.ts'

/** What is asked of one environment, by its file, by what is on record, and by flags. */
export interface Asked {
  readonly environment: EnvironmentConfig
  /** What runs, where Sluice has a record of its own: service by service, it stands instead of the file's `current`. */
  readonly recorded?: ReadonlyMap<ServiceName, MaybeState>
  /** `--from` and `--to`: service by service, over everything else. */
  readonly from?: ReadonlyMap<ServiceName, Wanted>
  readonly to?: ReadonlyMap<ServiceName, Wanted>
}

/** Versions, ranges, `latest` and `none` as states: the question that a plan answers. */
export function resolve(assembled: Assembled, asked: Asked, source: Source): Result<Question> {
  const {environment, recorded = new Map(), from = new Map(), to = new Map()} = asked
  const unresolved: Unresolved[] = []
  const settle = (wanted: ReadonlyMap<ServiceName, Wanted>, by: Asker, of: 'current' | 'target') => {
    const states = new Map<ServiceName, MaybeState>()
    for (const [service, want] of wanted) {
      const found = stateOf(assembled, service, want)
      if ('wrong' in found) unresolved.push({service, by, of, ...found})
      else states.set(service, found.state)
    }
    return states
  }
  const written = without(without(environment.current, recorded), from)
  const current = new Map([...recorded, ...settle(written, 'file', 'current'), ...settle(from, '--from', 'current')])
  const target = new Map([
    ...settle(without(environment.target, to), 'file', 'target'),
    ...settle(to, '--to', 'target'),
  ])
  if (unresolved.length > 0) return fail(refusal(unresolved, environment.name, source))
  return ok({
    system: assembled.system,
    environment: environment.name,
    current: new Map([...current].filter((entry): entry is [ServiceName, State] => entry[1] !== null)),
    target,
    excuses: environment.excuses,
  })
}

type Asker = 'file' | '--from' | '--to'

interface Wrong {
  readonly wrong: string
  readonly hint?: string | undefined
}

interface Unresolved extends Wrong {
  readonly service: ServiceName
  readonly by: Asker
  readonly of: 'current' | 'target'
}

function without(wanted: ReadonlyMap<ServiceName, Wanted>, other: ReadonlyMap<ServiceName, unknown>) {
  return new Map([...wanted].filter(([service]) => !other.has(service)))
}

/** The state that is meant: the highest release that fits, in the mode that is named, or in its last. */
export function stateOf(
  {system, unusable}: Pick<Assembled, 'system' | 'unusable'>,
  name: ServiceName,
  wanted: Wanted,
): {state: MaybeState} | Wrong {
  const service = system.services.get(name)
  if (!service)
    return {
      wrong: `there is no service ${JSON.stringify(name)}`,
      hint: didYouMean(name, system.services.keys(), 'services'),
    }
  if (wanted.is === 'none') return {state: null}
  const fitting = fittingIn(service.releases, wanted)
  if (fitting.length === 0) return noRelease(name, wanted, service.releases, unusable.get(name))
  const {mode} = wanted
  const release = (mode === undefined ? fitting : fitting.filter(one => one.modes.some(each => each.name === mode))).at(
    -1,
  )
  if (!release) return noMode(name, mode ?? '', fitting.at(-1))
  return {state: {release: release.version, mode: mode ?? release.modes.at(-1)?.name ?? null}}
}

/** `latest` and ranges leave pre-releases out, but where the range itself names one. */
function fittingIn(releases: readonly Release[], wanted: Exclude<Wanted, {is: 'none'}>): readonly Release[] {
  if (wanted.is === 'latest') return releases.filter(({version}) => !isPreRelease(version))
  const exact = releases.filter(({version}) => version === wanted.range)
  if (exact.length > 0 || VERSION.test(wanted.range)) return exact
  const range = new Range(wanted.range)
  return releases.filter(({version}) => range.test(version))
}

const MOST_LISTED = 10

function noRelease(
  name: ServiceName,
  wanted: Exclude<Wanted, {is: 'none'}>,
  releases: readonly Release[],
  unusable: ReadonlyMap<string, readonly Problem[]> | undefined,
): Wrong {
  const asked = wanted.is === 'latest' ? 'latest' : wanted.range
  const [bad] = unusable?.get(asked) ?? []
  if (bad)
    return {
      wrong: `release ${asked} of ${name} cannot be used: ${bad.message}`,
      hint: `see ${bad.file}:${bad.line}:${bad.column}`,
    }
  if (releases.length === 0)
    return {wrong: `no release of ${name} is known`, hint: `give ${name} a "repo" with tags, or "releases"`}
  const known = releases.slice(-MOST_LISTED).map(release => release.version)
  const hint = `its releases: ${releases.length > MOST_LISTED ? '..., ' : ''}${known.join(', ')}`
  return {wrong: `${name} has no release ${asked}`, hint}
}

function noMode(name: ServiceName, mode: string, release: Release | undefined): Wrong {
  const modes = release?.modes.map(each => each.name) ?? []
  const wrong = `release ${release?.version} of ${name} has no mode ${JSON.stringify(mode)}`
  return {wrong, hint: modes.length === 0 ? 'it has no modes: leave the mode out' : `its modes: ${modes.join(', ')}`}
}

/** A wrong flag is a wrong call; what the file asks for is pointed at in the file. */
function refusal(unresolved: readonly Unresolved[], environment: string, source: Source): Failure {
  const [flag] = unresolved.filter(({by}) => by !== 'file')
  if (flag) return failure('usage', {message: `${flag.by} ${flag.service}: ${flag.wrong}`, ...hinted(flag)})
  const placeOf = placeFinder(source)
  const problems = unresolved.map((one): Problem => {
    const place = placeOf(['environments', environment, one.of, one.service], 'value')
    return {file: source.file, ...place, message: one.wrong, ...hinted(one)}
  })
  return failure('config-invalid', {message: `${environment} asks for what there is not`, problems})
}

function hinted({hint}: Wrong): {hint?: string} {
  return hint === undefined ? {} : {hint}
}
