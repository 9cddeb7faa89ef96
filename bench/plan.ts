import {topologicalSort} from 'graphology-dag'
import {DirectedGraph} from 'graphology'
import type {Question} from '../src/core/graph/system.ts'
import type {NoPlan, Plan} from '../src/core/plan/plan.ts'
import {plan} from '../src/core/plan/planner.ts'
import type {Figure} from './figure.ts'
import {largeFile, questionIn} from './large.ts'
import {ADDING, callers, KNOTS, STEPWISE} from './systems.ts'

/**
 * Planning alone: from the question that the files came to, to the finished plan. That is the search, the reasons and the
 * gates of every step, the fingerprint, and the replay by the independent checker; reading files and writing the plan are
 * not in it. Large systems stand beside a plain topological sort of the same graph.
 */
export async function bench(): Promise<readonly Figure[]> {
  return [...largeSystems(), ...KNOTS.map(({name, question}) => knot(name, question))]
}

const [LARGE, SMALL, CALLS] = [10_000, 1000, 5]
/** Plans of the small system until they are compiled as far as those of the large one are. */
const WARM = 20

function largeSystems(): readonly Figure[] {
  const adding = questionIn(largeFile(LARGE, CALLS, ADDING))
  const first = timed(() => planned(adding), 1)
  const again = timed(() => planned(adding), 3)
  const few = questionIn(largeFile(SMALL, CALLS, ADDING))
  timed(() => planned(few), WARM)
  const sorted = timed(() => topologicalSort(graphOf(callers(LARGE, CALLS, 1))), 3)
  const stepwise = questionIn(largeFile(LARGE, CALLS, STEPWISE))
  const steps = timed(() => planned(stepwise), 1)
  // Ten times as much may take log(10,000) / log(1,000) more than ten times as long. The mean of as much work on both
  // sides, since the quickest small plan is one that left its garbage to the next.
  const [large, small] = [mean(() => planned(adding), 5), mean(() => planned(few), (5 * LARGE) / SMALL)]
  const growth = large / small / ((LARGE * Math.log(LARGE)) / (SMALL * Math.log(SMALL)))
  const peer = `graphology-dag only sorts the same graph in ${sorted.toFixed(0)} ms`
  return [
    {name: '10,000 services, 50,000 calls: plan, cold', value: first, unit: 'ms', limit: {max: 1000}, peer},
    {name: '10,000 services, 50,000 calls: plan, warm', value: again, unit: 'ms', limit: {max: 1000}},
    {name: 'growth from 1,000 services, n log n being 1', value: growth, unit: 'x', limit: {max: 1.5}},
    {name: '10,000 services in lock-step, 20,000 steps: plan', value: steps, unit: 'ms'},
  ]
}

function knot(name: string, question: Question): Figure {
  let found: Plan | NoPlan | undefined
  const value = timed(() => {
    found = plan(question, limits())
  }, 1)
  const exact = found?.steps === null ? found.why === 'impossible' : found?.optimal === true
  if (!exact) throw new Error(`the knot "${name}" was not solved exactly`)
  const peer = found?.steps ? `${found.steps.length} steps in ${found.steps.at(-1)?.wave ?? 0} waves` : 'no safe plan'
  return {name: `knot of 10 services, 4 releases: ${name}`, value, unit: 'ms', limit: {max: 1000}, peer}
}

function planned(question: Question): Plan {
  const found = plan(question, limits())
  if (found.steps === null || !found.optimal) throw new Error('the plan is not the best')
  return found
}

function limits() {
  return {timeLimitMs: 10_000, now: () => performance.now()}
}

function graphOf(calls: readonly (readonly number[])[]): DirectedGraph {
  const graph = new DirectedGraph()
  for (const own of calls.keys()) graph.addNode(own)
  for (const [own, called] of calls.entries()) for (const server of called) graph.addEdge(server, own)
  return graph
}

/** How long a run takes on average, in milliseconds. */
function mean(run: () => unknown, runs: number): number {
  const start = performance.now()
  for (let count = 0; count < runs; count++) run()
  return (performance.now() - start) / runs
}

/** The shortest of a few runs, in milliseconds. */
function timed(run: () => unknown, runs: number): number {
  let best = Infinity
  for (let count = 0; count < runs; count++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
