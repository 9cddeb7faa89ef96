import * as Args from '@oclif/core/args'
import {forgive} from '../../app/ask.ts'
import type {TakenBack} from '../../core/rollout/taken-back.ts'
import {SluiceCommand} from '../base.ts'
import {reason} from '../shared/carrying.ts'
import {environment} from '../shared/flags.ts'

export default class RolloutForgive extends SluiceCommand {
  static override summary = 'Let a release that was taken back be tried again.'

  static override description =
    'A release that failed and was taken back is remembered, and `sluice apply` refuses to try it again. This forgets it, ' +
    'and the record says who did and why. `sluice apply --again` tries it once without forgetting.'

  static override examples = [
    '<%= config.bin %> rollout forgive accounts@2.0.0',
    '<%= config.bin %> rollout forgive accounts@2.0.0 --reason "it was the database" --json',
  ]

  static override args = {
    release: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'SERVICE@VERSION, with ~MODE where it has modes.',
    }),
  }

  static override flags = {...environment, ...reason}

  async run(): Promise<{readonly forgiven: TakenBack}> {
    const {args, flags} = await this.parse(RolloutForgive)
    const forgiven = this.take(await forgive({...this.where(flags), env: flags.env}, args.release, flags.reason))
    this.print(`${args.release} may be tried again; it was taken back in rollout ${forgiven.rollout}: ${forgiven.why}`)
    return {forgiven}
  }
}
