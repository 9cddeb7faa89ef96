import {by} from '../core/base/order.ts'
import type {Plan, StepId} from '../core/plan/plan.ts'
import type {Simulated} from '../core/rollout/simulated.ts'
import type {Tried} from './schedules.ts'
import type {Traffic} from './traffic.ts'

/** So many runs that broke a promise are told; the first says the most. */
const TOLD = 5

/** What many runs came to. */
export interface Summary {
  add(tried: Tried, isCrash: boolean): void
  result(seed: number): Simulated
}

export function summary(plan: Plan): Summary {
  const [tried, ended] = [new Map<string, number>(), new Map<string, number>()]
  const rests = new Map<StepId, Set<string>>(plan.steps.map(({id}) => [id, new Set()]))
  const broken: {what: string; violations: readonly string[]}[] = []
  const unnoticed = new Set<string>()
  let [crashes, schedules] = [0, 0]
  let takeBack: Simulated['takeBack'] = null
  let worst: Simulated['worst'] = null

  function add({what, finding}: Tried, isCrash: boolean): void {
    if (isCrash) crashes++
    else schedules++
    for (const [fault, times] of finding.tried) tried.set(fault, (tried.get(fault) ?? 0) + times)
    const end = finding.ended ?? 'never ended'
    ended.set(end, (ended.get(end) ?? 0) + 1)
    if (finding.violations.length > 0) broken.push({what, violations: finding.violations})
    if (isCrash) rest(finding.left, finding.leftIn)
    for (const {pool, tookMs} of finding.bad) {
      if (tookMs === undefined) unnoticed.add(pool)
      else if (tookMs > (takeBack?.ms ?? -1)) takeBack = {pool, ms: tookMs, what}
    }
    const {processes, durationMs: ms} = finding
    if (processes > (worst?.processes ?? 0)) worst = {what, processes, ms}
  }

  function rest(traffic: Traffic, steps: readonly StepId[]): void {
    for (const id of steps) {
      const service = plan.steps.find(step => step.id === id)?.service ?? ''
      rests.get(id)?.add(sharesText(traffic.get(service) ?? []))
    }
  }

  return {
    add,
    result: seed => ({
      seed,
      schedules,
      crashes,
      tried: sorted(tried),
      ended: sorted(ended),
      broken: broken.slice(0, TOLD),
      rests: [...rests].map(([step, traffic]) => ({step, traffic: [...traffic]})),
      takeBack,
      unnoticed: [...unnoticed].sort(),
      worst,
    }),
  }
}

function sharesText(shares: Traffic extends ReadonlyMap<string, infer Shares> ? Shares : never): string {
  return shares.length === 0 ? 'no traffic' : shares.map(({pool, share}) => `${pool} ${share}%`).join(' + ')
}

function sorted(counts: ReadonlyMap<string, number>): {readonly [what: string]: number} {
  return Object.fromEntries([...counts].sort(by(([what]) => what)))
}
