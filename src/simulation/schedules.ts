import type {CrashPoint, Schedule} from './faults.ts'
import {CALM, randomSchedule} from './faults.ts'
import {random} from './random.ts'
import type {Scene} from './scene.ts'
import type {Finding} from './simulate.ts'
import {simulate} from './simulate.ts'

/** One run, with how to have it again. */
export interface Tried {
  /** `kill before write 12`, or `seed 40`. */
  readonly what: string
  readonly finding: Finding
}

const WAYS = (['before', 'after'] as const).flatMap(when => (['kill', 'freeze'] as const).map(is => ({is, when})))

/**
 * Strikes the first process at its calls that write, killed and stopped, before and after, each in a run of its own.
 * @param most so many places at the most, evenly spread; without it, every one
 */
export async function* crashes(scene: Scene, most = Infinity): AsyncGenerator<Tried> {
  const {writes} = await simulate(scene, CALM, random(0))
  for (const at of places(writes, most)) {
    for (const {is, when} of WAYS) {
      const crash: CrashPoint = {is, at, when}
      const finding = await simulate(scene, {...CALM, crashes: [crash]}, random(0))
      yield {what: `${is} ${when} write ${at}`, finding}
    }
  }
}

function places(writes: number, most: number): readonly number[] {
  const count = Math.min(writes, most)
  return Array.from({length: count}, (_, index) => 1 + Math.floor((index * writes) / count))
}

/** One random schedule; the seed says everything about it. */
export async function seeded(scene: Scene, seed: number): Promise<Tried> {
  const chance = random(seed)
  const schedule: Schedule = randomSchedule(chance, scene.spanMs ?? SPAN_MS)
  return {what: `seed ${seed}`, finding: await simulate(scene, schedule, chance)}
}

/** About as long as a small plan takes when nothing goes wrong. */
const SPAN_MS = 8_000

/** Everything that is needed to look into a run that broke a promise. */
export function inWords(scene: string, {what, finding: {violations, trace}}: Tried): string {
  return [`${scene}: ${what}`, ...violations, ...trace].join('\n')
}
