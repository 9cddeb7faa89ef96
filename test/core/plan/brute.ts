import {intersects} from 'semver'
import type {MaybeState, Mode, Question, Release, Service, State} from '../../../src/core/graph/system.ts'
import type {Step} from '../../../src/core/plan/plan.ts'

/**
 * The planner's rules once more, written to be obviously right and not to be quick: every way all services can stand,
 * every set of moves from there, Dijkstra over the lot.
 */

/** Fewest deploys, then switches, then waves; null where there is no safe plan. */
export type Best = {readonly deploys: number; readonly switches: number; readonly waves: number} | null

export function best(question: Question): Best {
  const names = [...question.system.services.keys()].sort()
  const start = names.map(name => question.current.get(name) ?? null)
  const goal = names.map(
    (name, place) => question.target.get(name) ?? (question.target.has(name) ? null : (start[place] ?? null)),
  )
  const rules = rulesOf(question, names)
  if (!safe(rules, start.map(alone)) || !safe(rules, goal.map(alone))) return null
  const states = names.map((name, place) => statesOf(question, name, start[place] ?? null, goal[place] ?? null))
  const key = (at: readonly MaybeState[]): string => JSON.stringify(at)
  const costs = new Map<string, number>([[key(start), 0]])
  const open: {at: readonly MaybeState[]; cost: number}[] = [{at: start, cost: 0}]
  for (;;) {
    let least = 0
    for (let place = 1; place < open.length; place++) {
      if ((open[place]?.cost ?? Infinity) < (open[least]?.cost ?? Infinity)) least = place
    }
    const [node] = open.splice(least, 1)
    if (!node) return null
    if (node.cost > (costs.get(key(node.at)) ?? Infinity)) continue
    if (key(node.at) === key(goal)) return read(node.cost)
    for (const {to, cost} of waves(question, rules, names, states, node.at, goal)) {
      const sum = node.cost + cost + 1
      if (sum >= (costs.get(key(to)) ?? Infinity)) continue
      costs.set(key(to), sum)
      open.push({at: to, cost: sum})
    }
  }
}

const [DEPLOY, SWITCH] = [1e8, 1e4]

function read(cost: number): Best {
  return {deploys: Math.floor(cost / DEPLOY), switches: Math.floor((cost % DEPLOY) / SWITCH), waves: cost % SWITCH}
}

/** Every set of moves that may be one wave. */
function waves(
  question: Question,
  rules: Rules,
  names: readonly string[],
  states: readonly (readonly MaybeState[])[],
  at: readonly MaybeState[],
  goal: readonly MaybeState[],
): {to: readonly MaybeState[]; cost: number}[] {
  const found: {to: readonly MaybeState[]; cost: number}[] = []
  const visit = (to: readonly MaybeState[], live: readonly Live[], cost: number): void => {
    const place = to.length
    if (place === names.length) {
      if (cost > 0) found.push({to, cost})
      return
    }
    const name = names[place] as string
    for (const next of states[place] ?? []) {
      const from = at[place] ?? null
      // Nothing is taken down on the way.
      if (
        !same(from, next) &&
        ((from === null && question.current.has(name)) || (next === null && !same(goal[place] ?? null, null)))
      )
        continue
      const price = same(from, next) ? 0 : moveCost(serviceOf(question, name), from, next)
      if (price === undefined) continue
      const more = [...live, [...new Set([from, next])]]
      if (price > 0 && !mayMoveNow(question, names, place, at, goal)) continue
      if (!safe(rules, more)) continue
      if (clashesInTurn(question, names, at, [...to, next], goal)) continue
      visit([...to, next], more, cost + price)
    }
  }
  visit([], [], 0)
  return found
}

function mayMoveNow(
  question: Question,
  names: readonly string[],
  place: number,
  at: readonly MaybeState[],
  goal: readonly MaybeState[],
): boolean {
  return serviceOf(question, names[place] as string).after.every(other => {
    const there = names.indexOf(other)
    return same(at[there] ?? null, goal[there] ?? null)
  })
}

/** Whether of the services decided on so far two move that must not at the same time. */
function clashesInTurn(
  question: Question,
  names: readonly string[],
  at: readonly MaybeState[],
  to: readonly MaybeState[],
  _goal: readonly MaybeState[],
): boolean {
  const moving = new Set(names.filter((_, place) => place < to.length && !same(at[place] ?? null, to[place] ?? null)))
  const apart = question.system.apart.some(list => list.filter(name => moving.has(name)).length > 1)
  const early = [...moving].some(name => serviceOf(question, name).after.some(other => moving.has(other)))
  return apart || early
}

/** Every state that serves at some instant, per service. */
export type Live = readonly MaybeState[]

function alone(state: MaybeState): Live {
  return [state]
}

/** For each two services, whether a state of the one gets on with a state of the other. */
export type Rules = (a: number, stateA: MaybeState, b: number, stateB: MaybeState) => boolean

export function safe(rules: Rules, live: readonly Live[]): boolean {
  return live.every((statesA, a) =>
    live.every((statesB, b) => statesA.every(x => statesB.every(y => rules(a, x, b, y)))),
  )
}

export function rulesOf(question: Question, names: readonly string[]): Rules {
  const known = new Map<string, boolean>()
  return (a, stateA, b, stateB) => {
    const key = JSON.stringify([a, stateA, b, stateB])
    const answer = known.get(key) ?? works(question, names[a] as string, stateA, names[b] as string, stateB)
    known.set(key, answer)
    return answer
  }
}

/** Whether a client in one state finds what it calls at a server in another. */
function works(question: Question, client: string, own: MaybeState, server: string, other: MaybeState): boolean {
  if (own === null || (client === server && other === null)) return true
  return [...speech(serviceOf(question, client), own).consumes].every(([contract, wanted]) => {
    if (!provides(serviceOf(question, server), contract)) return true
    if (question.excuses.some(each => each.client === client && each.server === server && each.contract === contract))
      return true
    const offered = other === null ? [] : (speech(serviceOf(question, server), other).provides.get(contract) ?? [])
    const strict = question.system.contracts.get(contract)?.compatibility === 'strict'
    return offered.some(version => (strict ? wanted.split(' || ').includes(version) : intersects(version, wanted)))
  })
}

function provides(service: Service, contract: string): boolean {
  return service.releases.some(
    release => release.provides.has(contract) || release.modes.some(mode => mode.provides.has(contract)),
  )
}

function speech(service: Service, state: State) {
  const release = releaseOf(service, state)
  const mode = release.modes.find(each => each.name === state.mode)
  return {
    provides: new Map([...release.provides, ...(mode?.provides ?? [])]),
    consumes: new Map([...release.consumes, ...(mode?.consumes ?? [])]),
  }
}

function statesOf(question: Question, name: string, start: MaybeState, goal: MaybeState): readonly MaybeState[] {
  if (!question.target.has(name)) return [start]
  const deployed = serviceOf(question, name).releases.flatMap((release): State[] =>
    release.modes.length === 0
      ? [{release: release.version, mode: null}]
      : release.modes.map(mode => ({release: release.version, mode: mode.name})),
  )
  if (start === null && goal === null) return [null]
  return start === null || goal === null ? [null, ...deployed] : deployed
}

/** The price of a move, 0 for none, undefined where it is not allowed. */
function moveCost(service: Service, from: MaybeState, to: MaybeState): number | undefined {
  if (same(from, to)) return 0
  if (from === null || to === null) return DEPLOY
  const [old, next] = [releaseOf(service, from), releaseOf(service, to)]
  const rank = (release: Release, state: State): number =>
    release.modes.findIndex((mode: Mode) => mode.name === state.mode)
  const oneWay = old.irreversible || old.modes.some(mode => mode.name === from.mode && mode.irreversible)
  if (old === next) return oneWay && rank(old, to) < rank(old, from) ? undefined : SWITCH
  if (oneWay && service.releases.indexOf(next) < service.releases.indexOf(old)) return undefined
  const wanted = next.upgradesFrom
  if (wanted && !intersects(wanted.release, old.version)) return undefined
  return wanted?.mode === undefined || wanted.mode === from.mode ? DEPLOY : undefined
}

export function same(a: MaybeState, b: MaybeState): boolean {
  return a?.release === b?.release && a?.mode === b?.mode
}

function serviceOf(question: Question, name: string): Service {
  return question.system.services.get(name) as Service
}

function releaseOf(service: Service, state: State): Release {
  return service.releases.find(release => release.version === state.release) as Release
}

/**
 * What goes wrong in some schedule that respects `after`, or null: every way the steps can start and finish is gone
 * through, one event at a time.
 */
export function mishap(
  question: Question,
  steps: readonly Pick<Step, 'id' | 'service' | 'from' | 'to' | 'after'>[],
): string | null {
  const names = [...question.system.services.keys()].sort()
  const rules = rulesOf(question, names)
  const goal = (name: string): MaybeState =>
    question.target.get(name) ?? (question.target.has(name) ? null : (question.current.get(name) ?? null))
  const seen = new Set<string>()
  const visit = (done: ReadonlySet<string>, running: ReadonlySet<string>): string | null => {
    const key = `${[...done].sort().join()} | ${[...running].sort().join()}`
    if (seen.has(key)) return null
    seen.add(key)
    const busy = steps.filter(step => running.has(step.id))
    const rest = (name: string): MaybeState => {
      const last = steps.findLast(step => step.service === name && done.has(step.id))
      return last ? last.to : (question.current.get(name) ?? null)
    }
    for (const step of busy) {
      if (busy.some(other => other !== step && other.service === step.service))
        return `${step.service} does two steps at once: ${key}`
      if (!same(rest(step.service), step.from)) return `${step.id} starts from elsewhere: ${key}`
      for (const other of serviceOf(question, step.service).after) {
        const away = !same(rest(other), goal(other)) || busy.some(each => each.service === other)
        if (away) return `${step.id} moves while ${other} is not in place: ${key}`
      }
      const both = question.system.apart.some(
        list => list.includes(step.service) && busy.some(each => each !== step && list.includes(each.service)),
      )
      if (both) return `${step.id} runs with one it is to keep apart from: ${key}`
    }
    const live = names.map((name): Live => {
      const moving = busy.find(step => step.service === name)
      return moving ? [moving.from, moving.to] : [rest(name)]
    })
    if (!safe(rules, live)) return `clash: ${key}`
    for (const step of steps) {
      if (done.has(step.id)) continue
      const wrong = running.has(step.id)
        ? visit(new Set([...done, step.id]), new Set([...running].filter(id => id !== step.id)))
        : step.after.every(id => done.has(id))
          ? visit(done, new Set([...running, step.id]))
          : null
      if (wrong) return wrong
    }
    return null
  }
  return visit(new Set(), new Set())
}
