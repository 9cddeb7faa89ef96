import * as Flags from '@oclif/core/flags'
import {simulatePlan} from '../app/simulate.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import type {Simulated} from '../core/rollout/simulated.ts'
import {noPlanText} from '../report/plan/no-plan.ts'
import {planTree} from '../report/plan/tree.ts'
import {simulatedText} from '../report/simulate.ts'
import {SluiceCommand} from './base.ts'
import {environment, timeLimit, wanted} from './shared/flags.ts'
import {lookOf} from './shared/terminal.ts'

const SCHEDULES = 200
const SEEDS = 1_000_000
const [BROKEN, NO_PLAN] = [1, 3]

/** What `simulate --json` writes. */
interface Document {
  readonly plan: Plan
  readonly simulated: Simulated
}

export default class Simulate extends SluiceCommand {
  static override summary = 'Carry your plan out many times in a simulated world where things go wrong.'

  static override description =
    'Takes the plan and the rollout policy of your sluice.yaml and runs the real engine against simulated services, ' +
    'balancer and clock: killed at every write, drivers that hang, refuse, answer late or lose the answer, instances that ' +
    'die, releases that answer errors, clocks that jump. After every act the promises of a rollout are checked. Nothing ' +
    'real is touched; gates are taken to hold, and bakes are cut short.\n\n' +
    'Ends with 1 when a promise was broken, with the seed to see it again, and with 3 when there is no safe plan.'

  static override examples = [
    '<%= config.bin %> simulate',
    '<%= config.bin %> simulate --schedules 5000 --seed 1 --env production',
    '<%= config.bin %> simulate --to accounts=^3 --json',
  ]

  static override flags = {
    ...environment,
    schedules: Flags.integer({
      min: 1,
      default: SCHEDULES,
      description: 'How many runs with things that go wrong at random.',
    }),
    seed: Flags.integer({min: 1, description: 'The first seed, to have the same runs again; without it, any.'}),
    from: wanted({multiple: true, multipleNonGreedy: true, description: 'Take this service to be there.'}),
    to: wanted({multiple: true, multipleNonGreedy: true, description: 'Bring this service there.'}),
    ...timeLimit,
  }

  async run(): Promise<Document | NoPlan> {
    const {flags} = await this.parse(Simulate)
    const [from, to] = [new Map(flags.from), new Map(flags.to)]
    const seed = flags.seed ?? 1 + Math.floor(Math.random() * SEEDS)
    const asked = {...this.where(flags), env: flags.env, from, to, timeLimitMs: flags['time-limit'], seed}
    const done = this.take(await simulatePlan({...asked, schedules: flags.schedules}, this.onlooker()))
    if (!('simulated' in done)) {
      this.print(noPlanText(done.plan, this.look))
      return this.end(NO_PLAN, done.plan)
    }
    if (done.plan.steps.length > 0) this.print(simulatedText(done.simulated, this.look))
    return done.simulated.broken.length > 0 ? this.end(BROKEN, done) : done
  }

  /** The plan first; then, where somebody looks, how far it is. */
  private onlooker() {
    const {isTTY} = process.stderr
    return {
      planned: (plan: Plan) => this.remark(planTree(plan, lookOf(process.stderr))),
      tried: (count: number) => {
        if (isTTY && count % 20 === 0) process.stderr.write(`\r${count} runs \r`)
      },
    }
  }
}
