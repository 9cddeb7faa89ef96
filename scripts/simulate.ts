import {parseArgs} from 'node:util'
import {crashes, inWords, seeded, type Tried} from '../src/simulation/schedules.ts'
import {SCENES} from '../test/simulation/scenes.ts'

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

function count(scene: string, tried: Tried): void {
  const {ended = 'never ended', violations} = tried.finding
  ends[ended] = (ends[ended] ?? 0) + 1
  if (violations.length === 0) return
  broken++
  console.log(inWords(scene, tried))
}

for (const [name, scene] of from === 1 ? scenes : []) for await (const tried of crashes(scene)) count(name, tried)
for (let seed = from; seed < from + seeds; seed++)
  for (const [name, scene] of scenes) count(name, await seeded(scene, seed))

const said = Object.entries(ends).map(([end, times]) => `${end} ${times}`)
console.log(`seeds ${from} to ${from + seeds - 1}, ${scenes.length} scenes each: ${broken} broke a promise`)
console.log(said.join(', '))
process.exitCode = broken > 0 ? 1 : 0
