import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {apply, type Prepared, prepare} from '../app/apply.ts'
import {failure} from '../core/base/failure.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import type {RolloutShown} from '../core/rollout/show.ts'
import {noPlanText} from '../report/plan/no-plan.ts'
import {planTree} from '../report/plan/tree.ts'
import {agreed} from './shared/agreed.ts'
import {CarryingCommand} from './shared/carrying-command.ts'
import {carrying} from './shared/carrying.ts'
import {duration, environment, wanted} from './shared/flags.ts'
import {mayMove} from './shared/terminal.ts'
import {Refused} from './shared/ending.ts'

const TIME_LIMIT_MS = 10_000
const NO_PLAN = 3

export default class Apply extends CarryingCommand {
  static override summary = 'Carry out a plan, a little traffic at a time.'

  static override description =
    'With FILE, the plan that `sluice plan --out` kept, as long as it still fits what runs; without it, a new one, after ' +
    'asking. Every step starts the new release beside the old one, moves traffic in shares while its checks hold, and is ' +
    'taken back when they do not.\n\n' +
    'What the file calls `current` and nobody has started yet is started first, and shown before it is.\n\n' +
    'Ctrl-C stops where it is safe; `sluice rollout resume` goes on. Ends with 1 when a step was taken back, 4 when a gate ' +
    'is awaited, 5 when somebody else holds the environment, 6 when a person must look.'

  static override examples = [
    '<%= config.bin %> apply',
    '<%= config.bin %> apply plan.json',
    '<%= config.bin %> apply --env production --to accounts=^3 --yes --reason "new accounts API"',
    '<%= config.bin %> apply --yes --wait --json',
  ]

  static override args = {file: Args.string({ignoreStdin: true, description: 'A plan kept by sluice plan --out.'})}

  static override flags = {
    ...environment,
    ...carrying,
    yes: Flags.boolean({char: 'y', description: 'Do not ask.'}),
    from: wanted({multiple: true, multipleNonGreedy: true, description: 'Take this service to be there.'}),
    to: wanted({multiple: true, multipleNonGreedy: true, description: 'Bring this service there.'}),
    'time-limit': duration({default: TIME_LIMIT_MS, description: 'How long to look for the best plan. [default: 10s]'}),
  }

  async run(): Promise<RolloutShown | Plan | NoPlan> {
    const {args, flags} = await this.parse(Apply)
    const [from, to] = [new Map(flags.from), new Map(flags.to)]
    const asked = {...this.where(flags), env: flags.env, from, to, timeLimitMs: flags['time-limit'], file: args.file}
    const prepared = this.take(await prepare(asked))
    this.warnings(prepared.warnings)
    const {plan, first} = prepared
    if (plan.steps === null) {
      this.print(noPlanText(plan, this.look))
      return this.end(NO_PLAN, plan)
    }
    if (plan.steps.length === 0 && !first) {
      this.print(planTree(plan, this.look))
      return plan
    }
    await this.agree(prepared, plan, flags.yes || args.file !== undefined)
    const carry = (each: Plan) => this.carryOut(each, flags, (options, emit) => apply(prepared, each, options, emit))
    const started = first && (await carry(first))
    return plan.steps.length === 0 && started ? started : carry(plan)
  }

  /** A kept plan was looked at when it was kept; a new one somebody has to look at. */
  private async agree({first}: Prepared, plan: Plan, isAgreed: boolean): Promise<void> {
    if (first)
      this.print(
        `What the file calls \`current\` and nobody has started yet is started first:\n\n${planTree(first, this.look)}\n`,
      )
    this.print(planTree(plan, this.look))
    if (isAgreed) return
    if (this.jsonEnabled() || !mayMove(process.stdin) || !mayMove(process.stdout)) {
      const hint = 'pass --yes to carry it out, or keep it with `sluice plan --out FILE` first'
      throw new Refused(failure('usage', {message: 'nobody is there to be asked', hint}))
    }
    if (!(await agreed('Carry this out?'))) throw new Refused(failure('usage', {message: 'nothing was done'}))
  }
}
