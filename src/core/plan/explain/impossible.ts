import {byText} from '../../base/order.ts'
import {stateText} from '../../graph/states.ts'
import type {MaybeState, Question, Service, ServiceName} from '../../graph/system.ts'
import type {Piece} from '../board/board.ts'
import type {Clashes, Side} from './clashes.ts'
import {allPathsOf} from '../board/moves.ts'
import type {Conflict} from '../plan.ts'
import {cheapestWalk, costsToGoal} from '../search/walks.ts'

/** What stands in the way of a plan, as far as a person can do something about it. */
export interface Explained {
  /** What no conflict says. */
  readonly text?: string
  readonly conflicts: readonly Conflict[]
  /** Services that a release in between might help. */
  readonly bridgeable: readonly ServiceName[]
}

/** Why some services, known to be stuck, have no safe way. */
export function explain(question: Question, stuck: readonly ServiceName[], clashes: Clashes): Explained {
  const ways = stuck.map(name => wayOf(question, name))
  const shut = ways.filter(way => way.states === null)
  if (shut.length > 0) {
    return {text: shut.map(shutText).join('; '), conflicts: [], bridgeable: shut.map(way => way.service.name)}
  }
  const conflicts = [onTheWay, crosswise, anywhere]
    .map(look => unique(look(question, ways as readonly Open[], clashes)))
    .find(found => found.length > 0)
  const waiting = `${stuck.join(', ')} wait for each other`
  return {...(!conflicts && {text: waiting}), conflicts: conflicts ?? [], bridgeable: stuck}
}

/** The way a service would go if it were alone; null where its own rules leave none. */
interface Way {
  readonly service: Service
  readonly start: MaybeState
  readonly goal: MaybeState
  readonly states: readonly MaybeState[] | null
}

type Open = Way & {readonly states: readonly MaybeState[]}

function wayOf(question: Question, name: ServiceName): Way {
  const service = question.system.services.get(name) as Service
  const [start, goal] = [question.current.get(name) ?? null, question.target.get(name) ?? null]
  const piece: Piece = {name, ...allPathsOf(service, start, goal)}
  const open = costsToGoal(piece)[piece.start] !== Infinity
  return {
    service,
    start,
    goal,
    states: open ? cheapestWalk(piece).map(state => piece.states[state] as MaybeState) : null,
  }
}

function shutText({service, start, goal}: Way): string {
  const release = service.releases.find(each => each.version === goal?.release)
  const from = release?.upgradesFrom
  const asks = from
    ? `, which takes upgrades from ${from.release}${from.mode === undefined ? '' : ` in mode ${from.mode}`} only`
    : ''
  return `${service.name} has no way from ${stateText(start)} to ${stateText(goal)}${asks}`
}

/** What a service on its own way finds in services that stand still, and in its own old instances. */
function onTheWay(question: Question, ways: readonly Open[], clashes: Clashes): readonly Conflict[] {
  const still = [...question.system.services.keys()].filter(name => !question.target.has(name)).sort(byText)
  return ways.flatMap(({service, states}) => {
    const side = (state: MaybeState): Side => ({service: service.name, state})
    const beside = states.slice(1).flatMap((state, place) => clashes.between(side(states[place] ?? null), side(state)))
    const others = states.flatMap(state =>
      still.flatMap(name => clashes.between(side(state), {service: name, state: question.current.get(name) ?? null})),
    )
    return [...beside, ...others]
  })
}

/** Pairs of which each needs the other's new state, or loses the other's old one, before it can move. */
function crosswise(_question: Question, ways: readonly Open[], clashes: Clashes): readonly Conflict[] {
  return pairs(ways).flatMap(([a, b]) => [
    ...clashes.between({service: a.service.name, state: a.start}, {service: b.service.name, state: b.goal}),
    ...clashes.between({service: a.service.name, state: a.goal}, {service: b.service.name, state: b.start}),
  ])
}

/** All else that clashes between two ways. */
function anywhere(_question: Question, ways: readonly Open[], clashes: Clashes): readonly Conflict[] {
  return pairs(ways).flatMap(([a, b]) =>
    a.states.flatMap(own =>
      b.states.flatMap(other =>
        clashes.between({service: a.service.name, state: own}, {service: b.service.name, state: other}),
      ),
    ),
  )
}

function pairs<T>(values: readonly T[]): readonly (readonly [T, T])[] {
  return values.flatMap((a, place) => values.slice(place + 1).map(b => [a, b] as const))
}

function unique(conflicts: readonly Conflict[]): readonly Conflict[] {
  return [...new Map(conflicts.map(each => [each.text, each])).values()]
}
