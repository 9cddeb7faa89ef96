import * as Flags from '@oclif/core/flags'
import {askRollout} from '../../app/ask.ts'
import {showRollout} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {SluiceCommand} from '../base.ts'
import {reason} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId, step, stepOf} from '../shared/rollout-args.ts'

export default class RolloutApprove extends SluiceCommand {
  static override summary = 'Answer what a rollout waits for.'

  static override description =
    'The answer is kept in the record with who gave it, when and why. Whoever carries the rollout out hears it within a ' +
    'second; where nobody does, the next `sluice rollout resume` does.\n\n' +
    'With --waive the gate need not hold: the rollout goes on although it does not.'

  static override examples = [
    '<%= config.bin %> rollout approve',
    '<%= config.bin %> rollout approve latest --step accounts-2 --reason "seen by the shop team"',
    '<%= config.bin %> rollout approve --waive --gate contract-unused:accounts-api@1 --reason "the last caller is a test" --json',
  ]

  static override args = rolloutId

  static override flags = {
    ...environment,
    ...reason,
    ...step,
    gate: Flags.string({
      helpValue: 'GATE',
      default: 'all',
      description: 'Which gate, as contract-unused:accounts-api@1.',
    }),
    waive: Flags.boolean({description: 'Go on although the gate does not hold.'}),
  }

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutApprove)
    const where = {...this.where(flags), env: flags.env}
    const {rollout} = this.take(await showRollout(where, args.id))
    const wish = {do: 'approve', gate: flags.gate, waive: flags.waive, ...stepOf(flags)} as const
    const answer = this.take(await askRollout(where, rollout.id, wish, flags.reason))
    const goOn = `go on with sluice rollout resume ${rollout.id}`
    this.remark(
      answer.is === 'granted' ? `rollout ${rollout.id} has heard it` : `kept for rollout ${rollout.id}; ${goOn}`,
    )
    return this.take(await showRollout(where, rollout.id)).rollout
  }
}
