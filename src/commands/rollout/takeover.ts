import * as Flags from '@oclif/core/flags'
import {lockOfRollout} from '../../app/ask.ts'
import {resumeRollout, showRollout} from '../../app/rollouts.ts'
import {holderShown, type RolloutShown} from '../../core/rollout/show.ts'
import {holderText} from '../../report/rollout/lease.ts'
import {carrying} from '../shared/carrying.ts'
import {CarryingCommand} from '../shared/carrying-command.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'

export default class RolloutTakeover extends CarryingCommand {
  static override summary = 'Take a rollout away from a holder that is dead or must be stopped, and go on with it.'

  static override description =
    'A lock ends by itself half a minute after its holder died, and at once where that is known; this is for who cannot ' +
    'wait, or for a holder that hangs. The old holder can write nothing any more, to the record or to a balancer that ' +
    'keeps its number, and what it had begun is given time to end.'

  static override examples = [
    '<%= config.bin %> rollout takeover',
    '<%= config.bin %> rollout takeover latest --yes --reason "the runner was deleted" --json',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...carrying, yes: Flags.boolean({char: 'y', description: 'Do not ask.'})}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutTakeover)
    const where = {...this.where(flags), env: flags.env}
    const {rollout, plan} = this.take(await showRollout(where, args.id))
    const lock = this.take(await lockOfRollout(where, rollout.id))
    if (lock) {
      this.remark(holderText(holderShown(lock)))
      await this.askUnless(flags.yes, 'Take it away from them?')
    }
    const takeover = lock ? {takeover: lock.fence} : {}
    return this.carryOut(plan, flags, (options, emit) =>
      resumeRollout(where, rollout.id, {...options, ...takeover}, emit),
    )
  }
}
