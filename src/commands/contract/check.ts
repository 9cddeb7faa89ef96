import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {checkContracts, type Pair} from '../../app/contract.ts'
import {EXIT_OF_FAILURE} from '../../core/base/failure.ts'
import {contractsText} from '../../report/contract.ts'
import {SluiceCommand} from '../base.ts'

export default class ContractCheck extends SluiceCommand {
  static override summary = "Is a release's contract version honest about what changed in its description?"

  static override description =
    "Reads the description that `spec` of a contract names at the tags of the server's newest release and the one before it, and " +
    'compares what changed with how far the provided version moved. Every major version that both provide is looked at by itself. ' +
    'Ends with 3 where one is not honest.'

  static override examples = [
    '<%= config.bin %> contract check',
    '<%= config.bin %> contract check accounts-api --all',
    '<%= config.bin %> contract check --json',
  ]

  static override args = {
    contract: Args.string({ignoreStdin: true, description: 'Which one; all that have a spec without it.'}),
  }

  static override flags = {
    all: Flags.boolean({description: 'Every release and the one before it, not the newest alone.'}),
  }

  async run(): Promise<{readonly pairs: readonly Pair[]}> {
    const {args, flags} = await this.parse(ContractCheck)
    const {pairs, warnings} = this.take(
      await checkContracts({...this.where(flags), contract: args.contract, all: flags.all}),
    )
    this.warnings(warnings)
    this.print(
      pairs.length === 0 ? 'no release has one before it to be compared with' : contractsText(pairs, this.look),
    )
    const isHonest = pairs.every(({majors}) => majors.every(({honest}) => honest))
    return isHonest ? {pairs} : this.end(EXIT_OF_FAILURE['not-admitted'], {pairs})
  }
}
