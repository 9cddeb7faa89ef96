import * as Flags from '@oclif/core/flags'
import {usage} from '../../app/usage.ts'
import {usageDocument, type UsageDocument} from '../../report/usage/document.ts'
import {clientMessage} from '../../report/usage/message.ts'
import {usageText} from '../../report/usage/text.ts'
import {SluiceCommand} from '../base.ts'
import {duration, environment} from '../shared/flags.ts'

export default class UsageReport extends SluiceCommand {
  static override summary = 'What one client still calls, as a message to its team.'

  static override examples = [
    '<%= config.bin %> usage report --client billing',
    '<%= config.bin %> usage report --client billing --since 7d --format table',
  ]

  static override flags = {
    ...environment,
    client: Flags.string({required: true, helpValue: 'TEXT', description: 'The client; a part of its name is enough.'}),
    since: duration({description: 'Only calls of the last so long: 24h, 7d.'}),
    format: Flags.option({
      options: ['markdown', 'table'] as const,
      default: 'markdown',
      description: 'How it is written.',
    })(),
  }

  async run(): Promise<UsageDocument> {
    const {flags} = await this.parse(UsageReport)
    const asked = {...this.where(flags), env: flags.env, filter: {client: flags.client}, sinceMs: flags.since}
    const {used, endings} = this.take(await usage(asked))
    this.print(flags.format === 'table' ? usageText(used, this.look) : clientMessage(flags.client, used, endings))
    return usageDocument(used)
  }
}
