import {parseArgs} from 'node:util'
import {SCENES} from '../test/simulation/scenes.ts'
import {crashEverywhere, inWords, runSeed} from '../test/simulation/schedules.ts'

/** `npm run simulate -- --seeds 10000 [--from 1] [--scene NAME]`: any number of random schedules, each known by its seed. */
const {values} = parseArgs({
  options: {
    seeds: {type: 'string', default: '1000'},
    from: {type: 'string', default: '1'},
    scene: {type: 'string'},
  },
})

const scenes = Object.entries(SCENES).filter(([name]) => values.scene === undefined || values.scene === name)
const [from, seeds] = [Number(values.from), Number(values.seeds)]
const ends: {[end: string]: number} = {}
let broken = 0

for (const [name, scene] of values.from === '1' ? scenes : []) {
  for (const found of await crashEverywhere(
    name,
    scene,
    ({ended = 'never ended'}) => (ends[ended] = (ends[ended] ?? 0) + 1),
  )) {
    broken++
    console.log(inWords(found))
  }
}

for (let seed = from; seed < from + seeds; seed++) {
  for (const [name, scene] of scenes) {
    const found = await runSeed(name, scene, seed, ({ended = 'never ended'}) => (ends[ended] = (ends[ended] ?? 0) + 1))
    if (!found) continue
    broken++
    console.log(inWords(found))
  }
}

console.log(`seeds ${from} to ${from + seeds - 1}, ${scenes.length} scenes each: ${broken} broke a promise`)
console.log(
  Object.entries(ends)
    .map(([end, count]) => `${end} ${count}`)
    .join(', '),
)
process.exitCode = broken > 0 ? 1 : 0
