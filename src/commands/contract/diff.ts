import * as Args from '@oclif/core/args'
import {contractDiff} from '../../app/contract.ts'
import {type Bump, type Change, leastBump} from '../../core/contract/change.ts'
import {changesText} from '../../report/contract.ts'
import {SluiceCommand} from '../base.ts'

export default class ContractDiff extends SluiceCommand {
  static override summary = 'Compare two OpenAPI descriptions: what callers of the old one meet at the new one.'

  static override description =
    'What callers send must still be taken, and what they are answered must be what they expect; each change says which version ' +
    'step it asks for. Marked with ? is what cannot be told from the description, as another pattern.'

  static override examples = [
    '<%= config.bin %> contract diff old/openapi.yaml openapi.yaml',
    '<%= config.bin %> contract diff old.json new.json --json',
  ]

  static override args = {
    old: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'The description as it was: OpenAPI 3.0 or 3.1.',
    }),
    new: Args.string({required: true, ignoreStdin: true, description: 'The description as it is now.'}),
  }

  async run(): Promise<{readonly least: Bump; readonly changes: readonly Change[]}> {
    const {args} = await this.parse(ContractDiff)
    const changes = this.take(await contractDiff(args.old, args.new))
    const least = leastBump(changes)
    this.print(changesText(changes, least, this.look))
    return {least, changes}
  }
}
