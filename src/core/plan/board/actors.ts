import {bug} from '../../base/bug.ts'
import {byText} from '../../base/order.ts'
import type {MaybeState, Question, Service, ServiceName} from '../../graph/system.ts'
import type {Move} from './board.ts'
import {allPathsOf, straightPathsOf} from './moves.ts'

/** Whether services may stop wherever they can, or only where their own rules make them. */
export type Stops = 'anywhere' | 'where needed'

const PATHS = {anywhere: allPathsOf, 'where needed': straightPathsOf}

/** A service that is in play: one that moves, or one that stands on its only state. */
export interface Actor {
  readonly name: ServiceName
  readonly service: Service
  readonly moving: boolean
  /** Its number among those that move, or -1. */
  readonly piece: number
  readonly states: readonly MaybeState[]
  readonly start: number
  readonly goal: number
  moves: readonly (readonly Move[])[]
}

/** Everybody who runs, is to run, or moves, by name. */
export function actorsOf(question: Question, stops: Stops): readonly Actor[] {
  const pathsOf = PATHS[stops]
  const names = new Set([...question.current.keys(), ...question.target.keys()])
  const actors: Actor[] = []
  let pieces = 0
  for (const name of [...names].sort(byText)) {
    const service = serviceOf(question, name)
    const start = question.current.get(name) ?? null
    const wanted = question.target.get(name)
    if (start === null && (wanted === undefined || wanted === null)) continue
    if (wanted === undefined) actors.push(still(service, start))
    else actors.push({name, service, moving: true, piece: pieces++, ...pathsOf(service, start, wanted)})
  }
  return actors
}

/** A service that stays where it is. */
export function still(service: Service, state: MaybeState): Actor {
  return {name: service.name, service, moving: false, piece: -1, states: [state], start: 0, goal: 0, moves: [[]]}
}

export function serviceOf(question: Question, name: ServiceName): Service {
  return question.system.services.get(name) ?? bug(`the system has no service ${name}`)
}
