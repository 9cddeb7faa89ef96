import * as Args from '@oclif/core/args'
import {namesIn} from '../app/names.ts'
import {printable} from '../core/base/printable.ts'
import {SluiceCommand} from './base.ts'
import {candidatesFor, type CommandFacts} from './shared/candidates.ts'

/** What the scripts of `sluice completion` ask; people have no use for it. */
export default class Complete extends SluiceCommand {
  static override hidden = true
  static override summary = 'Say which words may stand where the cursor is.'
  static override examples = ['<%= config.bin %> complete -- plan --fo', '<%= config.bin %> complete -- rollout ""']
  static override strict = false
  static override args = {word: Args.string({ignoreStdin: true, description: 'What is typed so far, after --.'})}

  async run() {
    const {argv, flags} = await this.parse(Complete)
    const commands: readonly CommandFacts[] = this.config.commands
    const found = candidatesFor(argv.map(String), commands, await namesIn(this.where(flags)))
    const lines = found.words.map(({word, says}) => `${printable(word)}\t${printable(says)}`.replaceAll('\n', ' '))
    for (const line of [...lines, ...(found.files ? [':files'] : [])]) this.print(line)
    return found
  }
}
