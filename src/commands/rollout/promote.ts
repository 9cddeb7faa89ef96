import * as Flags from '@oclif/core/flags'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId, step, stepOf} from '../shared/rollout-args.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutPromote extends VerbCommand {
  static override summary = 'Go to the next share now, without waiting for the present bake to end.'

  static override description =
    'The share that is held counts as held long enough; a check that fails takes it back all the same. With --full every ' +
    'later bake is skipped too, share by share.\n\nWhere nobody carries the rollout out, this command goes on with it.'

  static override examples = [
    '<%= config.bin %> rollout promote',
    '<%= config.bin %> rollout promote latest --step accounts-1',
    '<%= config.bin %> rollout promote --full --reason "hotfix, seen good elsewhere" --json',
  ]

  static override args = rolloutId

  static override flags = {
    ...environment,
    ...carrying,
    ...step,
    full: Flags.boolean({description: 'Skip every later bake as well.', exclusive: ['step']}),
  }

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutPromote)
    const wish = {do: 'promote', full: flags.full, ...stepOf(flags)} as const
    return this.askOrCarry({...this.where(flags), env: flags.env}, args.id, wish, flags)
  }
}
