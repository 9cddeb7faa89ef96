import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {apply, type Prepared, prepare} from '../app/apply.ts'
import {failure} from '../core/base/failure.ts'
import type {OpenRollout} from '../app/open-rollout.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import type {RolloutShown} from '../core/rollout/show.ts'
import {noPlanText} from '../report/plan/no-plan.ts'
import {planTree} from '../report/plan/tree.ts'
import {CarryingCommand} from './shared/carrying-command.ts'
import {carrying, type CarryingFlags} from './shared/carrying.ts'
import {Refused} from './shared/ending.ts'
import {environment, timeLimit, wanted} from './shared/flags.ts'

const NO_PLAN = 3

/** Nothing is left to plan, and half of a service's traffic may be anywhere all the same. */
function leftOpen({rollout: {id, state}}: OpenRollout) {
  return failure('halted', {
    message: `rollout ${id} has not come to its end (${state})`,
    hint: `finish it with \`sluice rollout resume ${id}\`, or take it back with \`sluice rollout abort ${id}\``,
  })
}

export default class Apply extends CarryingCommand {
  static override summary = 'Carry out a plan, a little traffic at a time.'

  static override description =
    'With FILE, the plan that `sluice plan --out` kept, as long as it still fits what runs; without it, a new one, after ' +
    'asking. Every step starts the new release beside the old one, moves traffic in shares while its checks hold, and is ' +
    'taken back when they do not.\n\n' +
    'What should run already and does not, as after a restart of the machine, is started first, and shown before it is. A rollout that ' +
    'was left and ends where this one would is gone on with. A release that was taken back before is refused, unless ' +
    '--again says otherwise or `sluice rollout forgive` has forgotten it.\n\n' +
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
    again: Flags.boolean({description: 'Try a release all the same that was taken back before; recorded.'}),
    yes: Flags.boolean({char: 'y', description: 'Do not ask.'}),
    from: wanted({multiple: true, multipleNonGreedy: true, description: 'Take this service to be there.'}),
    to: wanted({multiple: true, multipleNonGreedy: true, description: 'Bring this service there.'}),
    ...timeLimit,
  }

  async run(): Promise<RolloutShown | Plan | NoPlan> {
    const {args, flags} = await this.parse(Apply)
    const [from, to] = [new Map(flags.from), new Map(flags.to)]
    const asked = {...this.where(flags), env: flags.env, from, to, timeLimitMs: flags['time-limit'], file: args.file}
    const prepared = this.take(await prepare(asked))
    this.warnings(prepared.warnings)
    this.remember(prepared.bad)
    this.recognise(prepared.posed.found)
    const {plan, first, open} = prepared
    if (plan.steps === null) {
      this.print(noPlanText(plan, this.look))
      return this.end(NO_PLAN, plan)
    }
    if (open?.fits) return this.goOn(open, flags, flags.yes || args.file !== undefined)
    if (plan.steps.length === 0 && !first) {
      this.print(planTree(plan, this.look))
      if (open) throw new Refused(leftOpen(open))
      return plan
    }
    if (open)
      this.remark(
        `rollout ${open.rollout.id} (${open.rollout.state}) moves the same services, and is of the past from here on`,
      )
    await this.agree(prepared, plan, flags.yes || args.file !== undefined)
    const carry = (each: Plan) =>
      this.carryOut(each, flags, (options, emit) => apply(prepared, each, {...options, again: flags.again}, emit))
    const started = first && (await carry(first))
    return plan.steps.length === 0 && started ? started : carry(plan)
  }

  /** What was begun before ends where this would: it is carried on, from what is really there. */
  private async goOn(
    {rollout, plan}: OpenRollout,
    flags: CarryingFlags & {readonly config?: string | undefined; readonly env?: string | undefined},
    isAgreed: boolean,
  ): Promise<RolloutShown> {
    const why = rollout.error ? `: ${rollout.error.message}` : ''
    this.remark(`rollout ${rollout.id} has not come to its end (${rollout.state}${why})`)
    this.print(planTree(plan, this.look))
    await this.askUnless(isAgreed, 'Go on with it?')
    const where = {...this.where(flags), env: rollout.environment}
    return this.goOnHere(where, rollout, plan, flags)
  }

  /** A kept plan was looked at when it was kept; a new one somebody has to look at. */
  private async agree({first}: Prepared, plan: Plan, isAgreed: boolean): Promise<void> {
    if (first) this.print(`What should run already and does not is started first:\n\n${planTree(first, this.look)}\n`)
    this.print(planTree(plan, this.look))
    await this.askUnless(isAgreed, 'Carry this out?', 'or keep it with `sluice plan --out FILE` first')
  }
}
