import * as Args from '@oclif/core/args'
import {TEMPLATED, usageTemplate} from '../../app/usage-template.ts'
import {SluiceCommand} from '../base.ts'

export default class UsageTemplate extends SluiceCommand {
  static override summary =
    "What to add to a balancer's configuration, to count calls and to announce the end of versions."

  static override description =
    'Prints lines for HAProxy or nginx: a log that tells clients apart without writing keys or tokens down, and the ' +
    'Deprecation and Sunset headers of every version that has a `sunset` in sluice.yaml. haproxy-table is for a HAProxy ' +
    'that counts calls itself.'

  static override examples = [
    '<%= config.bin %> usage template haproxy',
    '<%= config.bin %> usage template haproxy-table',
    '<%= config.bin %> usage template nginx > sluice.conf',
  ]

  static override args = {
    balancer: Args.string({required: true, options: [...TEMPLATED], ignoreStdin: true, description: 'Which balancer.'}),
  }

  async run(): Promise<{readonly template: string}> {
    const {args, flags} = await this.parse(UsageTemplate)
    const balancer = TEMPLATED.find(name => name === args.balancer) ?? 'haproxy'
    const template = this.take(await usageTemplate(this.where(flags), balancer))
    this.print(template)
    return {template}
  }
}
