import type {Schedule} from '../../src/simulation/faults.ts'
import {CALM, randomSchedule} from '../../src/simulation/faults.ts'
import {random} from '../../src/simulation/random.ts'
import type {Scene} from '../../src/simulation/scene.ts'
import type {Finding} from '../../src/simulation/simulate.ts'
import {simulate} from '../../src/simulation/simulate.ts'

/** A schedule that broke a promise, with all that is needed to see it again. */
export interface Broken {
  readonly scene: string
  /** How to see it again. */
  readonly again: string
  readonly violations: readonly string[]
  readonly trace: readonly string[]
}

/** Strikes the first process at every one of its calls that write, before and after, each in a run of its own. */
export async function crashEverywhere(
  name: string,
  scene: Scene,
  heard: (finding: Finding) => void,
): Promise<readonly Broken[]> {
  const broken: Broken[] = []
  const {writes} = await simulate(scene, CALM, random(0))
  for (let at = 1; at <= writes; at++) {
    for (const when of ['before', 'after'] as const) {
      for (const is of ['kill', 'freeze'] as const) {
        const finding = await simulate(scene, {...CALM, crashes: [{is, at, when}]}, random(0))
        heard(finding)
        if (finding.violations.length > 0) broken.push(found(name, `${is} ${when} write ${at}`, finding))
      }
    }
  }
  return broken
}

/** One random schedule; the seed says everything about it. */
export async function runSeed(
  name: string,
  scene: Scene,
  seed: number,
  heard: (finding: Finding) => void,
): Promise<Broken | undefined> {
  const chance = random(seed)
  const schedule: Schedule = randomSchedule(chance, SPAN_MS)
  const finding = await simulate(scene, schedule, chance)
  heard(finding)
  return finding.violations.length > 0
    ? found(name, `npm run simulate -- --from ${seed} --seeds 1 --scene ${JSON.stringify(name)}`, finding)
    : undefined
}

/** About as long as the longest scene takes when nothing goes wrong. */
const SPAN_MS = 8_000

function found(scene: string, again: string, {violations, trace}: Finding): Broken {
  return {scene, again, violations, trace}
}

export function inWords({scene, again, violations, trace}: Broken): string {
  return [`${scene}: ${again}`, ...violations, ...trace].join('\n')
}
