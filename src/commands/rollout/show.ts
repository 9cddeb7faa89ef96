import {showRollout} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {rolloutText} from '../../report/rollout/text.ts'
import {SluiceCommand} from '../base.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'

export default class RolloutShow extends SluiceCommand {
  static override summary = 'Show one rollout, step by step.'

  static override examples = ['<%= config.bin %> rollout show', '<%= config.bin %> rollout show latest --json']

  static override args = rolloutId

  static override flags = {...environment}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutShow)
    const {rollout} = this.take(await showRollout({...this.where(flags), env: flags.env}, args.id))
    this.print(rolloutText(rollout, this.look))
    return rollout
  }
}
