import {isIrreversible, modeOf, releaseOf, sameState, speechOf, stateText} from '../graph/states.ts'
import type {Question, Service, ServiceName, Speech, State} from '../graph/system.ts'
import {admits, rememberedMajors} from '../graph/versions.ts'
import {type Done, precedence} from './check/done.ts'
import {unsafe} from './check/unsafe.ts'
import {NOWHERE, type Waits, waitsOf} from './check/waits.ts'
import {type Way, type Ways, waysOf} from './check/ways.ts'
import {isContractUnused} from './gates.ts'
import type {ContractUnused, Plan, Step} from './plan.ts'

/**
 * Replays a plan against its question and says in words everything that is wrong with it; an empty list is a safe plan.
 * It shares no thought with the search: it looks at what may overlap in time, given `after` and nothing else, and asks
 * of every such pair whether it is compatible.
 */
export function check(question: Question, plan: Pick<Plan, 'steps'>): readonly string[] {
  const {steps} = plan
  const waits = waitsOf(steps)
  const unsound = [...wrongIds(steps), ...wrongAfter(steps, waits)]
  if (unsound.length > 0) return unsound
  const ways = waysOf(question, steps)
  const broken = [...wrongWays(question, ways), ...steps.flatMap(step => wrongMove(question, step))]
  if (broken.length > 0) return broken
  const done = precedence(steps, waits, ways)
  return [
    ...overtaking(ways, done),
    ...unsafe(question, ways, done),
    ...outOfTurn(question, ways, done),
    ...notApart(question, ways, done),
    ...wrongGates(question, steps),
  ]
}

function wrongIds(steps: readonly Step[]): readonly string[] {
  const count = new Map<ServiceName, number>()
  const wrong: string[] = []
  let before: Step | undefined
  for (const step of steps) {
    const {id, wave, service} = step
    const number = (count.get(service) ?? 0) + 1
    count.set(service, number)
    if (id !== `${service}-${number}`) wrong.push(`${id} should be called ${service}-${number}`)
    if (before && (before.wave > wave || (before.wave === wave && before.service >= service)))
      wrong.push(`${id} is out of order: steps go by wave, then by service`)
    before = step
  }
  return wrong
}

/** A step waits only for earlier ones, for its own service's last one too, and its wave is the layer that follows. */
function wrongAfter(steps: readonly Step[], {starts, places}: Waits): readonly string[] {
  const last = new Map<ServiceName, number>()
  const wrong: string[] = []
  for (let place = 0; place < steps.length; place++) {
    const {id, wave, after, service} = steps[place] as Step
    const start = starts[place] as number
    let layer = 1
    for (let at = start; at < (starts[place + 1] as number); at++) {
      const earlier = places[at] as number
      if (earlier === NOWHERE) wrong.push(`${id} waits for ${after[at - start]}, which is no earlier step`)
      else layer = Math.max(layer, (steps[earlier] as Step).wave + 1)
    }
    if (layer !== wave) wrong.push(`${id} is in wave ${wave}, but its place is wave ${layer}`)
    if ((last.get(service) ?? 0) >= wave) wrong.push(`${id} is in one wave with another step of ${service}`)
    last.set(service, wave)
  }
  return wrong
}

function wrongWays({target}: Question, {of}: Ways): readonly string[] {
  const wrong: string[] = []
  for (const {service, states, steps} of of.values()) {
    const wanted = target.get(service)
    if (wanted === undefined) {
      if (steps.length > 0) wrong.push(`${service} moves, but it is not in the target`)
      continue
    }
    const end = states.at(-1) ?? null
    if (!sameState(end, wanted)) wrong.push(`${service} ends at ${stateText(end)}, not at ${stateText(wanted)}`)
    for (let place = 0; place < steps.length; place++) {
      const {id, from} = steps[place] as Step
      if (!sameState(from, states[place] ?? null)) wrong.push(`${id} does not start where ${service} is`)
      if (place > 0 && states[place] === null) wrong.push(`${service} is taken down on the way`)
    }
  }
  return wrong
}

function wrongMove(question: Question, {id, service: name, action, from, to, reversible}: Step): readonly string[] {
  const service = question.system.services.get(name)
  if (!service) return [`${id} moves ${name}, which the system does not know`]
  if (sameState(from, to)) return [`${id} goes nowhere`]
  const switches = from !== null && to !== null && from.release === to.release
  const wrong: string[] = []
  if (action !== (switches ? 'switch' : 'deploy')) wrong.push(`${id} is no ${action}`)
  if (from && to && isIrreversible(service, from) && isBack(service, from, to)) {
    wrong.push(`${id} goes back from ${stateText(from)}, from where there is no way back`)
  }
  if (from && to && !switches && !admitted(service, from, to)) {
    wrong.push(`${id}: ${to.release} is not reached from ${stateText(from)}`)
  }
  const way = from && to ? !(isIrreversible(service, to) && isBack(service, to, from)) : true
  if (reversible !== way) wrong.push(`${id} is ${way ? '' : 'not '}reversible`)
  return wrong
}

/** Whether a move goes to a lower release or an earlier mode. */
function isBack(service: Service, from: State, to: State): boolean {
  const place = (state: State): number => service.releases.indexOf(releaseOf(service, state))
  if (place(from) !== place(to)) return place(to) < place(from)
  const {modes} = releaseOf(service, from)
  const rank = (state: State): number => modes.findIndex(mode => mode.name === state.mode)
  return rank(to) < rank(from)
}

function admitted(service: Service, from: State, to: State): boolean {
  const wanted = releaseOf(service, to).upgradesFrom
  if (!wanted) return true
  const mode = modeOf(releaseOf(service, from), from)?.name
  return admits(wanted.release, from.release) && (wanted.mode === undefined || wanted.mode === mode)
}

function overtaking({of}: Ways, done: Done): readonly string[] {
  const wrong: string[] = []
  for (const way of of.values()) {
    for (let place = 1; place < way.steps.length; place++) {
      if (done(way, place - 1, way, place)) continue
      wrong.push(`${way.steps[place]?.id} may start before the step of its own service that it builds on`)
    }
  }
  return wrong
}

/** A service with `after` moves only while those it names are, and stay, where the plan leaves them. */
function outOfTurn({system}: Question, {of}: Ways, done: Done): readonly string[] {
  const wrong: string[] = []
  for (const way of of.values()) {
    for (const name of system.services.get(way.service)?.after ?? []) {
      const other = of.get(name)
      if (!other || other.steps.length === 0) continue
      for (const [place, {id}] of way.steps.entries()) {
        if (!arrived(other, way, place, done)) wrong.push(`${id} may run while ${name} is not where the plan leaves it`)
      }
    }
  }
  return wrong
}

/** Whether a service certainly is where the plan leaves it, and stays, while another takes a step. */
function arrived(other: Way, way: Way, place: number, done: Done): boolean {
  const end = other.states.at(-1) ?? null
  return other.states.some((state, j) => {
    const came = j === 0 || done(other, j - 1, way, place)
    const stays = j === other.steps.length || done(way, place, other, j)
    return sameState(state, end) && came && stays
  })
}

function notApart(question: Question, {of}: Ways, done: Done): readonly string[] {
  return question.system.apart.flatMap(list => {
    const steps = [...new Set(list)]
      .flatMap(name => of.get(name) ?? [])
      .flatMap(way => way.steps.map((step, place) => ({way, step, place})))
      .sort((a, b) => a.step.wave - b.step.wave)
    return steps.slice(1).flatMap((then, index) => {
      const before = steps[index] as (typeof steps)[number]
      if (before.way === then.way || done(before.way, before.place, then.way, then.place)) return []
      return [`${before.step.id} and ${then.step.id} may run at once, but they are to keep apart`]
    })
  })
}

function wrongGates(question: Question, steps: readonly Step[]): readonly string[] {
  const majorsOf = rememberedMajors()
  const wrong: string[] = []
  for (const {id, service: name, from, to, gates} of steps) {
    const service = question.system.services.get(name) as Service
    const dropped = from ? droppedBy(speechOf(service, from), to && speechOf(service, to), majorsOf) : []
    const gated = gates.filter(isContractUnused)
    for (const each of dropped)
      if (!gated.some(gate => isSame(gate, each))) wrong.push(`${id} drops ${textOf(each)} without a gate`)
    for (const each of gated) {
      if (!dropped.some(one => isSame(one, each)))
        wrong.push(`${id} has a gate for ${textOf(each)}, which it does not drop`)
    }
  }
  return wrong
}

type Dropped = Pick<ContractUnused, 'contract' | 'major'>

/** What is provided before a move and not after it. */
function droppedBy({provides}: Speech, stays: Speech | null, majorsOf: Majors): readonly Dropped[] {
  const dropped: Dropped[] = []
  provides.forEach((texts, contract) => {
    const kept = majorsOf(stays?.provides.get(contract) ?? [])
    for (const major of majorsOf(texts)) if (!kept.includes(major)) dropped.push({contract, major})
  })
  return dropped
}

type Majors = ReturnType<typeof rememberedMajors>

function isSame(one: Dropped, other: Dropped): boolean {
  return one.contract === other.contract && one.major === other.major
}

function textOf({contract, major}: Dropped): string {
  return `${contract} ${major}`
}
