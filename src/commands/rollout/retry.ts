import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId, step, stepOf} from '../shared/rollout-args.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutRetry extends VerbCommand {
  static override summary = 'Try again what was taken back, from its beginning.'

  static override description =
    'Goes on with a rollout that failed or was aborted: steps that were taken back begin anew, and those that waited for ' +
    'them follow. Refused where a later rollout has moved what it is about; then plan again. A step that has halted goes ' +
    'on with `sluice rollout resume`.'

  static override examples = [
    '<%= config.bin %> rollout retry',
    '<%= config.bin %> rollout retry latest --step accounts-1 --reason "the database is up again" --json',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...carrying, ...step}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutRetry)
    const where = {...this.where(flags), env: flags.env}
    return this.askOrCarry(where, args.id, {do: 'retry', ...stepOf(flags)}, flags)
  }
}
