import {askRollout, holderOfRollout} from '../../app/ask.ts'
import {showRollout} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {SluiceCommand} from '../base.ts'
import {reason} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'

export default class RolloutPause extends SluiceCommand {
  static override summary = 'Stop a running rollout where it is safe to stay.'

  static override description =
    'Whoever carries it out takes no step forward any more and ends with 4; one that runs with --wait stays, watches ' +
    'what has traffic, and takes it back where its checks fail. `sluice rollout resume` goes on from there.\n\n' +
    'Where nobody carries it out it stands still already, and nothing is done.'

  static override examples = [
    '<%= config.bin %> rollout pause',
    '<%= config.bin %> rollout pause latest --reason "the shop is on television" --json',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...reason}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutPause)
    const where = {...this.where(flags), env: flags.env}
    const {rollout} = this.take(await showRollout(where, args.id))
    const holder = this.take(await holderOfRollout(where, rollout.id))
    if (!holder) {
      this.remark(`nobody carries rollout ${rollout.id} out: it stands still (${rollout.state})`)
      return rollout
    }
    this.take(await askRollout(where, rollout.id, {do: 'pause'}, flags.reason))
    this.remark(`rollout ${rollout.id} takes no step forward; go on with sluice rollout resume ${rollout.id}`)
    return this.take(await showRollout(where, rollout.id)).rollout
  }
}
