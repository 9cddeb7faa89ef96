import {byText} from '../../base/order.ts'
import {lastStateOf, stateText} from '../../graph/states.ts'
import type {MaybeState, Question, Release, ServiceName} from '../../graph/system.ts'
import {type Bridge, bridgeOf, withBridges} from './bridge.ts'
import {type Budget, budget, type Limits} from '../budget.ts'
import {clashesIn} from './clashes.ts'
import type {Explained} from './impossible.ts'
import {offered} from '../board/moves.ts'
import type {Conflict, Suggestion} from '../plan.ts'
import {setUp} from '../board/setup.ts'
import {solve} from '../search/solve.ts'
import {widened} from './widened.ts'

/** What would make a plan possible. Each suggestion has been tried: with it, or with all of them where none is enough, there is a plan. */
export function suggest(question: Question, {conflicts, bridgeable}: Explained, limits: Limits): readonly Suggestion[] {
  const time = budget({...limits, timeLimitMs: Math.min(limits.timeLimitMs, SUGGESTING_MS)})
  const further = moves(question, conflicts, time)
  if (further.length > 0) return further
  const others = [...bridges(question, bridgeable, time), ...elsewhere(question, conflicts, time)]
  return others.length > 0 ? others : wider(question, conflicts, time)
}

/** Suggestions are worth a moment, not a wait. */
const SUGGESTING_MS = 500

type Target = ReadonlyMap<ServiceName, MaybeState>

/** Services that stand still, and the nearest release of each that would do; all together where none is enough. */
function moves(question: Question, conflicts: readonly Conflict[], time: Budget): readonly Suggestion[] {
  const involved = sidesOf(conflicts)
  const further = involved.filter(name => !question.target.has(name))
  const alone = further.flatMap(name => one(question, name, time))
  if (alone.length > 0) return alone
  return all(question, time)
}

/** Services that are to move, and the nearest other release that each could go to. To stay is no way to get there. */
function elsewhere(question: Question, conflicts: readonly Conflict[], time: Budget): readonly Suggestion[] {
  return sidesOf(conflicts)
    .filter(name => question.target.has(name))
    .flatMap(name => one(question, name, time))
}

/** The nearest release of one service with which there is a plan. */
function one(question: Question, name: ServiceName, time: Budget): readonly Suggestion[] {
  for (const release of nearest(question, name)) {
    if (time.spent()) return []
    if (release.version === question.current.get(name)?.release) continue
    const target = new Map([...question.target, [name, lastStateOf(release)]])
    if (works({...question, target}, time)) return [moveTo(question, name, release)]
  }
  return []
}

/** Where no release there is would do: one that each side of what clashes could have, and go to. */
function wider(question: Question, conflicts: readonly Conflict[], time: Budget): readonly Suggestion[] {
  return sidesOf(conflicts)
    .flatMap(name => widened(question, name, conflicts) ?? [])
    .filter(bridge => {
      const end = {release: bridge.release.version, mode: null}
      const target = new Map([...question.target, [bridge.service, end]])
      return !time.spent() && works(withBridges({...question, target}, [bridge]), time)
    })
    .map(({service, text}) => ({kind: 'bridge', service, text}))
}

/** Takes in one more service after the other, each at its nearest release that fits where the plan is to end. */
function all(question: Question, time: Budget): readonly Suggestion[] {
  const added = new Map<ServiceName, Release>()
  let target: Target = question.target
  for (;;) {
    const [conflict] = clashesIn({...question, target}).standing(new Map([...question.current, ...target]))
    if (!conflict) break
    const fits = sidesOf([conflict])
      .filter(name => !target.has(name))
      .flatMap(name => nearest(question, name).map(release => ({name, release})))
      .find(({name, release}) => solves(question, target, name, release, conflict))
    if (!fits || time.spent()) return []
    added.set(fits.name, fits.release)
    target = new Map([...target, [fits.name, lastStateOf(fits.release)]])
  }
  if (added.size === 0 || !works({...question, target}, time)) return []
  return jointly([...added].map(([name, release]) => moveTo(question, name, release)))
}

/** Suggestions of which none is enough without the others, and which say so. */
function jointly(needed: readonly Suggestion[]): readonly Suggestion[] {
  return needed.map(one => {
    const others = needed.filter(each => each !== one).map(({service}) => service)
    if (others.length === 0) return one
    const named = others.length > MOST_NAMED ? `${others.length} others` : others.join(' and ')
    return {...one, text: `${one.text}, together with ${named}`}
  })
}

/** More services than these are counted, not named. */
const MOST_NAMED = 3

function solves(question: Question, before: Target, name: ServiceName, release: Release, conflict: Conflict): boolean {
  const target = new Map([...before, [name, lastStateOf(release)]])
  const left = clashesIn({...question, target}).standing(new Map([...question.current, ...target]))
  const same = (each: Conflict): boolean =>
    each.contract === conflict.contract &&
    each.client.service === conflict.client.service &&
    each.server.service === conflict.server.service
  return !left.some(same)
}

/** Releases of a service by how far they are from where it is, or is to go: the next higher ones first. */
function nearest(question: Question, name: ServiceName): readonly Release[] {
  const service = question.system.services.get(name)
  if (!service) return []
  const present = question.target.get(name) ?? question.current.get(name)
  const releases = offered(service, new Set([present?.release]))
  const place = releases.findIndex(release => release.version === present?.release)
  if (place < 0) return releases.toReversed()
  return [...releases.slice(place + 1), ...releases.slice(0, place).reverse()]
}

function moveTo(question: Question, service: ServiceName, release: Release): Suggestion {
  const wanted = question.target.get(service)
  const text =
    wanted !== undefined
      ? `ask for ${service} ${release.version} instead of ${wanted ? stateText(wanted) : 'none'}`
      : question.current.has(service)
        ? `move ${service} to ${release.version} as well`
        : `deploy ${service} ${release.version} as well`
  return {kind: 'move', service, release: release.version, text}
}

/** One bridging release that is enough, whichever service has it; else the fewest that are enough together. */
function bridges(question: Question, services: readonly ServiceName[], time: Budget): readonly Suggestion[] {
  const possible = bridgesOf(question, services)
  const alone = possible.filter(bridge => !time.spent() && works(withBridges(question, [bridge]), time))
  const told = (all: readonly Bridge[]) => all.map(({service, text}): Suggestion => ({kind: 'bridge', service, text}))
  return alone.length > 0 ? told(alone) : jointly(told(together(question, possible, time)))
}

function bridgesOf(question: Question, services: readonly ServiceName[]): readonly Bridge[] {
  return services.slice(0, MOST_BRIDGES).flatMap(name => bridgeOf(question, name) ?? [])
}

/** A knot of more services than this is not helped by a list. */
const MOST_BRIDGES = 20

/**
 * A bridge for every service that is stuck, and for those that are stuck then, until there is a plan. The cheapest one
 * crosses as few bridges as can be; those are the ones to build.
 */
function together(question: Question, first: readonly Bridge[], time: Budget): readonly Bridge[] {
  for (let built = first; built.length > 0 && built.length <= MOST_BRIDGES; ) {
    const solution = solve(setUp(withBridges(question, built), 'anywhere').board, time)
    if (solution.is === 'time') return []
    if (solution.is === 'solved') {
      const crossed = new Map(solution.courses.map(({service, states}) => [service, states]))
      return built.filter(({service, release}) =>
        crossed.get(service)?.some(state => state?.release === release.version),
      )
    }
    const others = solution.services.filter(name => !built.some(bridge => bridge.service === name))
    const more = bridgesOf(question, others)
    if (more.length === 0) return []
    built = [...built, ...more]
  }
  return []
}

function works(question: Question, time: Budget): boolean {
  const {board, clashesAtGoal} = setUp(question, 'anywhere')
  return !clashesAtGoal && solve(board, time).is === 'solved'
}

function sidesOf(conflicts: readonly Conflict[]): readonly ServiceName[] {
  return [...new Set(conflicts.flatMap(({client, server}) => [client.service, server.service]))].sort(byText)
}
