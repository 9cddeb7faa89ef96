import * as Flags from '@oclif/core/flags'
import {apply} from '../../app/apply.ts'
import {prepareUndo} from '../../app/undo.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import type {Plan} from '../../core/plan/plan.ts'
import {planTree} from '../../report/plan/tree.ts'
import {carrying} from '../shared/carrying.ts'
import {CarryingCommand} from '../shared/carrying-command.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'

export default class RolloutUndo extends CarryingCommand {
  static override summary = 'Take a finished rollout back, step by step, in safe order.'

  static override description =
    'Shows the way back as a plan and asks. It goes as far as there is a way: to the last irreversible step, and no step ' +
    'goes before those that need it. An undo is a rollout of its own, with shares, bakes and checks, and is not undone ' +
    'itself; `sluice apply` goes forward again.'

  static override examples = [
    '<%= config.bin %> rollout undo',
    '<%= config.bin %> rollout undo latest --yes --reason "wrong prices" --json',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...carrying, yes: Flags.boolean({char: 'y', description: 'Do not ask.'})}

  async run(): Promise<RolloutShown | Plan> {
    const {args, flags} = await this.parse(RolloutUndo)
    const undoing = this.take(await prepareUndo({...this.where(flags), env: flags.env}, args.id))
    const {plan, stays, undoes} = undoing
    if (stays.length > 0)
      this.remark(`from these there is no way back, so they stay: ${stays.map(({id}) => id).join(', ')}`)
    if (plan.steps.length === 0) {
      this.print(`nothing of rollout ${undoes} can be taken back\n`)
      return plan
    }
    this.print(planTree(plan, this.look))
    await this.askUnless(flags.yes, 'Take it back so?')
    return this.carryOut(plan, flags, (options, emit) => apply(undoing, plan, {...options, undoes}, emit))
  }
}
