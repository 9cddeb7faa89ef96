import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutAbort extends VerbCommand {
  static override summary = 'Take back what is under way, all traffic first, and begin nothing more.'

  static override description =
    'What was done before stands, for it is safe. Works from any shell: whoever carries the rollout out is asked, and ' +
    'where nobody does, this command takes it back. Ends with 0 when it is taken back, with 6 when a person must look.'

  static override examples = [
    '<%= config.bin %> rollout abort',
    '<%= config.bin %> rollout abort latest --reason "complaints from the shop" --json',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...carrying}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutAbort)
    const where = {...this.where(flags), env: flags.env}
    return this.askOrCarry(where, args.id, {do: 'abort'}, flags, {follow: true, wanted: 'aborted'})
  }
}
