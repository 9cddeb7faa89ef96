import {serversOf, strictnessOf} from '../graph/compatible.ts'
import {isIrreversible, modeOf, releaseOf, sameState, speechOf, stateText} from '../graph/states.ts'
import type {ContractName, MaybeState, Question, Service, ServiceName, Speech, State} from '../graph/system.ts'
import {admits, majorsOf, versions} from '../graph/versions.ts'
import {isContractUnused} from './gates.ts'
import type {Plan, Step, StepId} from './plan.ts'

/**
 * Replays a plan against its question and says in words everything that is wrong with it; an empty list is a safe plan.
 * It shares no thought with the search: it looks at what may overlap in time, given `after` and nothing else, and asks
 * of every such pair whether it is compatible.
 */
export function check(question: Question, plan: Pick<Plan, 'steps'>): readonly string[] {
  const {steps} = plan
  const unsound = [...wrongIds(steps), ...wrongAfter(steps)]
  if (unsound.length > 0) return unsound
  const ways = waysOf(question, steps)
  const broken = [...wrongWays(question, ways), ...steps.flatMap(step => wrongMove(question, step))]
  if (broken.length > 0) return broken
  const done = precedence(steps)
  return [
    ...overtaking(ways, done),
    ...unsafe(question, ways, done),
    ...outOfTurn(question, ways, done),
    ...notApart(question, ways, done),
    ...wrongGates(question, steps),
  ]
}

/** All steps of one service, in turn, and the states before, between and behind them. */
interface Way {
  readonly service: ServiceName
  readonly states: readonly MaybeState[]
  readonly steps: readonly Step[]
}

function waysOf(question: Question, steps: readonly Step[]): ReadonlyMap<ServiceName, Way> {
  const ways = new Map<ServiceName, {service: ServiceName; states: MaybeState[]; steps: Step[]}>()
  for (const name of [...question.current.keys(), ...question.target.keys()]) {
    ways.set(name, {service: name, states: [question.current.get(name) ?? null], steps: []})
  }
  for (const step of steps) {
    const way = ways.get(step.service) ?? {service: step.service, states: [null], steps: []}
    ways.set(step.service, way)
    way.states.push(step.to)
    way.steps.push(step)
  }
  return ways
}

function wrongIds(steps: readonly Step[]): readonly string[] {
  const count = new Map<ServiceName, number>()
  return steps.flatMap(({id, service}, place) => {
    const number = (count.get(service) ?? 0) + 1
    count.set(service, number)
    const wrong = id === `${service}-${number}` ? [] : [`${id} should be called ${service}-${number}`]
    const before = steps[place - 1]
    const now = steps[place] as Step
    const sorted = !before || before.wave < now.wave || (before.wave === now.wave && before.service < service)
    return sorted ? wrong : [...wrong, `${id} is out of order: steps go by wave, then by service`]
  })
}

/** A step waits only for earlier ones, for its own service's last one too, and its wave is the layer that follows. */
function wrongAfter(steps: readonly Step[]): readonly string[] {
  const waves = new Map<StepId, number>()
  const last = new Map<ServiceName, number>()
  return steps.flatMap(({id, wave, after, service}) => {
    const unknown = after.filter(before => !waves.has(before))
    const layer = 1 + Math.max(0, ...after.map(before => waves.get(before) ?? 0))
    const own = last.get(service) ?? 0
    waves.set(id, wave)
    last.set(service, wave)
    return [
      ...unknown.map(before => `${id} waits for ${before}, which is no earlier step`),
      ...(layer === wave ? [] : [`${id} is in wave ${wave}, but its place is wave ${layer}`]),
      ...(own < wave ? [] : [`${id} is in one wave with another step of ${service}`]),
    ]
  })
}

function wrongWays(question: Question, ways: ReadonlyMap<ServiceName, Way>): readonly string[] {
  return [...ways.values()].flatMap(({service, states, steps}) => {
    const wanted = question.target.get(service)
    if (wanted === undefined) return steps.length > 0 ? [`${service} moves, but it is not in the target`] : []
    const end = states.at(-1) ?? null
    const wrong = sameState(end, wanted) ? [] : [`${service} ends at ${stateText(end)}, not at ${stateText(wanted)}`]
    const torn = steps.filter((step, place) => !sameState(step.from, states[place] ?? null))
    const down = states.slice(1, -1).includes(null) ? [`${service} is taken down on the way`] : []
    return [...wrong, ...torn.map(step => `${step.id} does not start where ${service} is`), ...down]
  })
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

/** Whether one step is certainly finished before another starts, in every schedule that respects `after`. */
type Done = (before: Step | undefined, then: Step | undefined) => boolean

function precedence(steps: readonly Step[]): Done {
  const byId = new Map(steps.map(step => [step.id, step]))
  const numbers = new Map<Step, number>()
  const waited = waits(steps, byId, numbers)
  const search = (before: Step, then: Step): boolean => {
    if ((waited.get(then)?.get(before.service) ?? 0) >= (numbers.get(before) as number)) return true
    const seen = new Set<Step>([then])
    const open = [then]
    for (let step = open.pop(); step; step = open.pop()) {
      if ((waited.get(step)?.get(before.service) ?? 0) >= (numbers.get(before) as number)) return true
      for (const id of step.after) {
        const earlier = byId.get(id)
        if (!earlier || earlier.wave <= before.wave || seen.has(earlier)) continue
        seen.add(earlier)
        open.push(earlier)
      }
    }
    return false
  }
  return (before, then) => before !== undefined && then !== undefined && before.wave < then.wave && search(before, then)
}

/** For each step, of each service that it waits for by name, or that its own service's earlier steps waited for, the last step. */
function waits(
  steps: readonly Step[],
  byId: ReadonlyMap<StepId, Step>,
  numbers: Map<Step, number>,
): ReadonlyMap<Step, ReadonlyMap<ServiceName, number>> {
  const last = new Map<ServiceName, Step>()
  const waited = new Map<Step, Map<ServiceName, number>>()
  for (const step of steps) {
    const before = last.get(step.service)
    numbers.set(step, before ? (numbers.get(before) as number) + 1 : 1)
    const built = before !== undefined && step.after.includes(before.id)
    const named = new Map(built ? waited.get(before) : [])
    for (const id of step.after) {
      const earlier = byId.get(id) as Step
      named.set(earlier.service, Math.max(named.get(earlier.service) ?? 0, numbers.get(earlier) as number))
    }
    waited.set(step, named)
    last.set(step.service, step)
  }
  return waited
}

function overtaking(ways: ReadonlyMap<ServiceName, Way>, done: Done): readonly string[] {
  return [...ways.values()].flatMap(({steps}) =>
    steps
      .filter((step, place) => place > 0 && !done(steps[place - 1], step))
      .map(step => `${step.id} may start before the step of its own service that it builds on`),
  )
}

/** Whether a service may be in its i-th state, or moving to or from it, while another is in its j-th. */
function maybeTogether(a: Way, i: number, b: Way, j: number, done: Done): boolean {
  // Step i leaves the i-th state, and step j - 1 comes to the j-th.
  return !done(a.steps[i], b.steps[j - 1]) && !done(b.steps[j], a.steps[i - 1])
}

function unsafe(question: Question, ways: ReadonlyMap<ServiceName, Way>, done: Done): readonly string[] {
  const {consumed, provided, meet} = versions()
  const excused = new Set(question.excuses.map(({client, server, contract}) => `${client}\n${server}\n${contract}`))
  const heard = hearing(question, ways, provided)
  const found: string[] = []
  for (const client of ways.values()) {
    const said = speechesOf(question, client)
    for (const contract of contractsCalled(said)) {
      const {server, offers} = heard(contract)
      if (!server || (excused.size > 0 && excused.has(`${client.service}\n${server.service}\n${contract}`))) continue
      const strictness = strictnessOf(question.system, contract)
      for (const [i, speech] of said.entries()) {
        const wanted = speech?.consumes.get(contract)
        const want = wanted === undefined ? undefined : consumed(wanted)
        for (const [j, offer] of offers.entries()) {
          if (want === undefined || (offer !== undefined && meet(offer, want, strictness))) continue
          if (!mayMeet(client, i, server, j, done)) continue
          const [own, theirs] = [client.states[i] ?? null, server.states[j] ?? null]
          const both = `${client.service} ${stateText(own)} may meet ${server.service} ${stateText(theirs)}`
          found.push(`${both}, and they clash on ${contract}`)
        }
      }
    }
  }
  return found
}

function contractsCalled(speeches: readonly (Speech | null)[]): ReadonlySet<ContractName> {
  const contracts = new Set<ContractName>()
  for (const speech of speeches) for (const contract of speech?.consumes.keys() ?? []) contracts.add(contract)
  return contracts
}

/** The server of a contract, with what it provides in each of its states; no server where the contract is from outside. */
interface Heard {
  readonly server: Way | undefined
  readonly offers: readonly (number | undefined)[]
}

function hearing(
  question: Question,
  ways: ReadonlyMap<ServiceName, Way>,
  number: (texts: readonly string[]) => number,
): (contract: ContractName) => Heard {
  const servers = serversOf(question.system)
  const known = new Map<ContractName, Heard>()
  const look = (contract: ContractName): Heard => {
    const name = servers.get(contract)?.[0]
    if (name === undefined) return {server: undefined, offers: []}
    const server = ways.get(name) ?? {service: name, states: [null], steps: []}
    const offered = speechesOf(question, server).map(speech => speech?.provides.get(contract))
    return {server, offers: offered.map(texts => texts && number(texts))}
  }
  return contract => {
    const heard = known.get(contract) ?? look(contract)
    known.set(contract, heard)
    return heard
  }
}

/** Beside itself, a service is in two states only while it moves between them, and needs nothing of what is not there. */
function mayMeet(client: Way, i: number, server: Way, j: number, done: Done): boolean {
  if (client === server) return server.states[j] !== null && Math.abs(i - j) <= 1
  return maybeTogether(client, i, server, j, done)
}

function speechesOf({system}: Question, way: Way): readonly (Speech | null)[] {
  const service = system.services.get(way.service) as Service
  return way.states.map(state => state && speechOf(service, state))
}

/** A service with `after` moves only while those it names are, and stay, where the plan leaves them. */
function outOfTurn(question: Question, ways: ReadonlyMap<ServiceName, Way>, done: Done): readonly string[] {
  return [...ways.values()].flatMap(way =>
    (question.system.services.get(way.service)?.after ?? []).flatMap(name => {
      const other = ways.get(name)
      if (!other || other.steps.length === 0) return []
      const end = other.states.at(-1) ?? null
      const still = (step: Step): boolean =>
        other.states.some((state, j) => {
          const there = sameState(state, end)
          const arrived = j === 0 || done(other.steps[j - 1], step)
          const stays = j === other.steps.length || done(step, other.steps[j])
          return there && arrived && stays
        })
      return way.steps
        .filter(step => !still(step))
        .map(step => `${step.id} may run while ${name} is not where the plan leaves it`)
    }),
  )
}

function notApart(question: Question, ways: ReadonlyMap<ServiceName, Way>, done: Done): readonly string[] {
  return question.system.apart.flatMap(list => {
    const steps = [...new Set(list)].flatMap(name => ways.get(name)?.steps ?? []).sort((a, b) => a.wave - b.wave)
    return steps.slice(1).flatMap((step, place) => {
      const before = steps[place] as Step
      if (before.service === step.service || done(before, step)) return []
      return [`${before.id} and ${step.id} may run at once, but they are to keep apart`]
    })
  })
}

function wrongGates(question: Question, steps: readonly Step[]): readonly string[] {
  const wrong: string[] = []
  for (const {id, service: name, from, to, gates} of steps) {
    const service = question.system.services.get(name) as Service
    const offers = from ? speechOf(service, from).provides : NOTHING
    const stays = to ? speechOf(service, to).provides : NOTHING
    const dropped = [...offers].flatMap(([contract, texts]) => {
      const kept = majorsOf(stays.get(contract) ?? [])
      return majorsOf(texts).flatMap(major => (kept.includes(major) ? [] : [`${contract} ${major}`]))
    })
    const gated = gates.filter(isContractUnused).map(({contract, major}) => `${contract} ${major}`)
    for (const each of dropped) if (!gated.includes(each)) wrong.push(`${id} drops ${each} without a gate`)
    for (const each of gated)
      if (!dropped.includes(each)) wrong.push(`${id} has a gate for ${each}, which it does not drop`)
  }
  return wrong
}

const NOTHING: Speech['provides'] = new Map()
