import {bug} from '../../base/bug.ts'
import {releaseOf, sameState, statesOfRelease} from '../../graph/states.ts'
import type {MaybeState, Mode, Release, Service, State} from '../../graph/system.ts'
import {admits, isPreRelease} from '../../graph/versions.ts'
import {DEPLOY, SWITCH, type Move} from './board.ts'

/** The states a service may pass through, and the moves between them that its own rules allow. */
export interface Paths {
  readonly states: readonly MaybeState[]
  readonly start: number
  readonly goal: number
  readonly moves: readonly (readonly Move[])[]
}

/**
 * A service's states from `start` to `goal`. Not deployed is a state only where the way starts or ends with it. Of
 * releases in between that no rule and no contract tells apart, only the newest is kept: a service with a thousand
 * tags has a handful of releases that matter. A pre-release is passed through only where one is asked for.
 */
export function allPathsOf(service: Service, start: MaybeState, goal: MaybeState): Paths {
  const stands = standsOf(service, start, goal)
  const states = stands.map(stand => stand && stand.state)
  const admitted = admittance()
  const moves = stands.map(from => {
    const open: Move[] = []
    for (const [place, to] of stands.entries()) {
      // Nothing is taken down on the way: nobody comes to where nothing runs but at the end, or leaves it but at the start.
      if (from === to || (from === null && start !== null) || (to === null && goal !== null)) continue
      const cost = costOf(from, to, admitted)
      if (cost !== undefined) open.push({to: place, cost})
    }
    return open
  })
  return {states, start: find(service, states, start), goal: find(service, states, goal), moves}
}

/** Only the start and the goal, where one move leads from the one to the other or none is needed; else all states. */
export function straightPathsOf(service: Service, start: MaybeState, goal: MaybeState): Paths {
  if (sameState(start, goal)) return {states: [start], start: 0, goal: 0, moves: [[]]}
  const cost = costOf(standOf(service, start), standOf(service, goal), admittance())
  if (cost === undefined) return allPathsOf(service, start, goal)
  return {states: [start, goal], start: 0, goal: 1, moves: cost === DEPLOY ? BY_DEPLOY : BY_SWITCH}
}

/** The one move there is, the same for ten thousand services. */
const BY_DEPLOY: Paths['moves'] = [[{to: 1, cost: DEPLOY}], []]
const BY_SWITCH: Paths['moves'] = [[{to: 1, cost: SWITCH}], []]

function standOf(service: Service, state: MaybeState): Stand {
  if (state === null) return null
  const release = releaseOf(service, state)
  const mode = release.modes.findIndex(each => each.name === state.mode)
  return {state, release, rank: service.releases.indexOf(release), mode}
}

/** A state with what its moves depend on; null is not deployed. */
type Stand = {readonly state: State; readonly release: Release; readonly rank: number; readonly mode: number} | null

function standsOf(service: Service, start: MaybeState, goal: MaybeState): readonly Stand[] {
  const ends = new Set([start?.release, goal?.release])
  const kept = withoutTwins(service, ends)
  const stands = service.releases.flatMap((release, rank): Stand[] =>
    kept.has(release) ? statesOfRelease(release).map((state, mode) => ({state, release, rank, mode})) : [],
  )
  return start === null || goal === null ? [null, ...stands] : stands
}

/** The releases that may be offered to somebody who named only these: pre-releases where one of them is one. */
export function offered({releases}: Service, named: ReadonlySet<string | undefined>): readonly Release[] {
  for (const version of named) if (version !== undefined && isPreRelease(version)) return releases
  return releases.filter(({version}) => !isPreRelease(version))
}

/** What a move costs, or undefined where the rules do not allow it. */
function costOf(from: Stand, to: Stand, admitted: (release: Release, from: Release, mode: string | null) => boolean) {
  if (from === null || to === null) return DEPLOY
  if (barred(from, to)) return undefined
  if (from.rank === to.rank) return SWITCH
  return admitted(to.release, from.release, from.state.mode) ? DEPLOY : undefined
}

function barred(from: NonNullable<Stand>, to: NonNullable<Stand>): boolean {
  if (!from.release.irreversible && !from.release.modes[from.mode]?.irreversible) return false
  return to.rank < from.rank || (to.rank === from.rank && to.mode < from.mode)
}

/** Answers `upgradesFrom`, remembering what was asked before. */
function admittance(): (release: Release, from: Release, mode: string | null) => boolean {
  let known: Map<string, Map<Release, boolean>> | undefined
  return (release, from, mode) => {
    const wanted = release.upgradesFrom
    if (!wanted) return true
    if (wanted.mode !== undefined && wanted.mode !== mode) return false
    known ??= new Map()
    const answers = known.get(wanted.release) ?? new Map<Release, boolean>()
    known.set(wanted.release, answers)
    const answer = answers.get(from) ?? admits(wanted.release, from.version)
    answers.set(from, answer)
    return answer
  }
}

/**
 * Two releases are twins when they say the same on every contract, are admitted by the same releases, admit the same,
 * and lie between the same irreversible ones: then any plan can use the one for the other. The ends are never dropped,
 * and of twins a pre-release goes first.
 */
function withoutTwins(service: Service, ends: ReadonlySet<string | undefined>): ReadonlySet<Release> {
  const possible = offered(service, ends)
  const between = possible.filter(release => !ends.has(release.version))
  if (between.length < 2) return new Set(possible)
  const admitted = admittance()
  const ranges = new Map(possible.flatMap(each => (each.upgradesFrom ? [[each.upgradesFrom.release, each]] : [])))
  const asking = [...ranges.values()]
  let oneWays = 0
  const newest = new Map<string, Release>()
  for (const release of possible) {
    const oneWay = release.irreversible || release.modes.some(mode => mode.irreversible)
    if (oneWay) oneWays++
    if (ends.has(release.version)) continue
    const range = asking.map(each => (admitted(withoutMode(each), release, null) ? '1' : '0')).join('')
    const key = [speechKey(release), release.upgradesFrom?.release, release.upgradesFrom?.mode, range, oneWays, oneWay]
    const words = JSON.stringify(key)
    const twin = newest.get(words)
    if (!twin || isPreRelease(twin.version) || !isPreRelease(release.version)) newest.set(words, release)
  }
  const kept = new Set(newest.values())
  return new Set(possible.filter(release => ends.has(release.version) || kept.has(release)))
}

function withoutMode(release: Release): Release {
  return release.upgradesFrom ? {...release, upgradesFrom: {release: release.upgradesFrom.release}} : release
}

function speechKey(release: Release): unknown {
  const words = (speech: Release | Mode) => [
    [...speech.provides].map(([contract, texts]) => [contract, ...texts]).sort(),
    [...speech.consumes].sort(),
    speech.irreversible,
  ]
  return [words(release), release.modes.map(mode => [mode.name, words(mode)])]
}

function find(service: Service, states: readonly MaybeState[], wanted: MaybeState): number {
  const place = states.findIndex(
    state => state?.release === wanted?.release && (state?.mode ?? null) === (wanted?.mode ?? null),
  )
  return place >= 0 ? place : bug(`${service.name} has no state ${JSON.stringify(wanted)}`)
}
