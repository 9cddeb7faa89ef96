import {parseArgs} from 'node:util'
import {random} from '../src/simulation/random.ts'
import {plugRound, type Round} from './plug/round.ts'
import {openSystem} from './plug/system.ts'

/**
 * `npm run plug -- [--rounds 10] [--plugs 10] [--seed 1] [--balancer] [--machine] [--verbose]`: the system of the demo under load, upgraded and taken
 * back in turn by the built command, which is killed with SIGKILL at any moment, as often as it is said, in every round.
 * What the moments are follows from the seed; what they hit depends on the machine.
 */
const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '10'},
    plugs: {type: 'string', default: '10'},
    seed: {type: 'string', default: '1'},
    balancer: {type: 'boolean', default: false},
    machine: {type: 'boolean', default: false},
    verbose: {type: 'boolean', default: false},
  },
})

/** The trial itself has met what it did not foresee. */
function failedRound(error: unknown): Round {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    commandsKilled: 0,
    instancesKilled: 0,
    balancersKilled: 0,
    machinesKilled: 0,
    lostWithThem: 0,
    story: [],
    wrong: [said],
  }
}

const chance = random(Number(values.seed))
const wanted = {plugs: Number(values.plugs), balancers: values.balancer, machines: values.machine}
const system = await openSystem()
const rounds: Round[] = []
try {
  for (let nth = 1; nth <= Number(values.rounds); nth++) {
    const there = nth % 2 === 1 ? 'new' : 'old'
    const round = await plugRound(system, there, wanted, chance).catch(failedRound)
    rounds.push(round)
    console.log(`round ${nth} to ${there}: ${inWords([round])}, ${round.wrong.length} wrong`)
    const told = [...round.story, ...round.wrong.map(one => `WRONG ${one}`)]
    if (values.verbose || round.wrong.length > 0) console.log(told.map(line => `  ${line}`).join('\n'))
    if (round.wrong.length > 0) break
  }
} finally {
  const {requests, spoiled} = system.load.seen()
  await system.end()
  console.log(`${rounds.length} rounds: ${inWords(rounds)}, ${requests} requests, ${spoiled.length} failed`)
  process.exitCode = rounds.some(({wrong}) => wrong.length > 0) ? 1 : 0
}

function inWords(all: readonly Round[]): string {
  const sum = (of: (round: Round) => number) => all.reduce((total, round) => total + of(round), 0)
  const killed = `${sum(one => one.commandsKilled)} commands and ${sum(one => one.instancesKilled)} instances killed`
  const [balancers, machines] = [sum(one => one.balancersKilled), sum(one => one.machinesKilled)]
  if (balancers + machines === 0) return killed
  return `${killed}, ${balancers} balancers and ${machines} times everything, with ${sum(one => one.lostWithThem)} requests`
}
