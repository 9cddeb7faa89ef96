import * as Args from '@oclif/core/args'
import {bug} from '../core/base/bug.ts'
import {EXIT_OF_FAILURE, type FailureCode} from '../core/base/failure.ts'
import {codesText, type ExplanationDocument, explanationDocument, explanationText} from '../report/explain.ts'
import {SluiceCommand} from './base.ts'

const CODES = Object.keys(EXIT_OF_FAILURE) as FailureCode[]

export default class Explain extends SluiceCommand {
  static override summary = 'Say how an error comes about, and what to do about it.'

  static override description =
    'Every error ends with its code; with --json it is `error.code`. Without CODE, all of them in a line each. The same as ' +
    'a page: docs/reference/errors.md.'

  static override examples = [
    '<%= config.bin %> explain',
    '<%= config.bin %> explain no-safe-plan',
    '<%= config.bin %> explain config-invalid --json',
  ]

  static override args = {
    code: Args.string({options: CODES, ignoreStdin: true, description: 'The code that an error ended with.'}),
  }

  async run(): Promise<ExplanationDocument | {readonly codes: readonly ExplanationDocument[]}> {
    const {args} = await this.parse(Explain)
    if (args.code === undefined) {
      const codes = CODES.map(explanationDocument)
      this.print(codesText(codes, this.look))
      return {codes}
    }
    const document = explanationDocument(codeOf(args.code))
    this.print(explanationText(document, this.look))
    return document
  }
}

function codeOf(text: string): FailureCode {
  return CODES.find(code => code === text) ?? bug(`${text} was let through`)
}
