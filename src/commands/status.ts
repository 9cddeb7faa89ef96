import {status} from '../app/status.ts'
import type {Status as StatusDocument} from '../core/rollout/status.ts'
import {statusText} from '../report/rollout/text.ts'
import {SluiceCommand} from './base.ts'
import {duration, environment} from './shared/flags.ts'

const SAMPLE_MS = 1000

export default class Status extends SluiceCommand {
  static override summary = 'Show what runs: services, pools, and the shares of traffic asked for and measured.'

  static override description =
    'Asks the runtime and the balancer what is really there. Measured shares are counted over a moment, see --sample.'

  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --env production --sample 5s',
    '<%= config.bin %> status --json',
  ]

  static override flags = {
    ...environment,
    sample: duration({
      default: SAMPLE_MS,
      defaultHelp: async () => '1s',
      description: 'How long requests are counted for.',
    }),
  }

  async run(): Promise<StatusDocument> {
    const {flags} = await this.parse(Status)
    const {status: seen, speech, found} = this.take(await status({...this.where(flags), env: flags.env}, flags.sample))
    this.recognise(found)
    this.print(() => statusText(seen, speech, this.look))
    return seen
  }
}
