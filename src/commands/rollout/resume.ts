import {holderOfRollout} from '../../app/ask.ts'
import {resumeRollout, showRollout} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutResume extends VerbCommand {
  static override summary = 'Go on with a rollout that was left, from what is really there.'

  static override description =
    'After a crash, a pause, a gate that did not hold, or a Ctrl-C. Looks at what runs and how traffic is shared before ' +
    'anything else, and repeats nothing that must not be repeated.'

  static override examples = [
    '<%= config.bin %> rollout resume',
    '<%= config.bin %> rollout resume latest --wait',
    '<%= config.bin %> rollout resume --waive contract-unused:accounts-api@1 --reason "the last caller is a test"',
  ]

  static override args = rolloutId

  static override flags = {...environment, ...carrying}

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutResume)
    const where = {...this.where(flags), env: flags.env}
    const {rollout, plan} = this.take(await showRollout(where, args.id))
    const holder = this.take(await holderOfRollout(where, rollout.id))
    if (holder && rollout.state === 'paused') return this.askOrCarry(where, rollout.id, {do: 'resume'}, flags)
    return this.carryOut(plan, flags, (options, emit) => resumeRollout(where, rollout.id, options, emit))
  }
}
