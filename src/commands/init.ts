import {resolve} from 'node:path'
import * as Flags from '@oclif/core/flags'
import {composeIn, draftFromCompose, draftFromRepositories, type Initialised, writeDraft} from '../app/init.ts'
import {failure} from '../core/base/failure.ts'
import type {Draft} from '../core/config/draft/draft.ts'
import {counted} from '../report/text/count.ts'
import {SluiceCommand} from './base.ts'
import {Refused} from './shared/ending.ts'
import {mayMove} from './shared/terminal.ts'

export default class Init extends SluiceCommand {
  static override summary = 'Write a first sluice.yaml: from a compose file, from repositories, or by asking.'

  static override description =
    'Without flags, from the compose file that lies here; without one, by asking. What is written is valid and can be planned ' +
    'at once, and its comments say what each part is for. Nothing is run, and no file is replaced without --force.'

  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init --compose deploy/docker-compose.yml',
    '<%= config.bin %> init --repos ../accounts --repos ../billing',
    '<%= config.bin %> init --repos .. --out deploy/sluice.yaml --json',
  ]

  static override flags = {
    compose: Flags.string({helpValue: 'FILE', exclusive: ['repos'], description: 'From this Docker Compose file.'}),
    repos: Flags.string({
      helpValue: 'FOLDER',
      multiple: true,
      multipleNonGreedy: true,
      description: 'From this repository, or the repositories in this folder; may be given several times.',
    }),
    out: Flags.string({helpValue: 'FILE', default: 'sluice.yaml', description: 'Where it is written.'}),
    force: Flags.boolean({description: 'Replace a file that is there.'}),
  }

  async run(): Promise<Initialised> {
    const {flags} = await this.parse(Init)
    const draft = await this.draft(flags.compose ?? composeIn(process.cwd()), flags.repos)
    const made = this.take(await writeDraft(draft, resolve(flags.out), flags.force))
    this.print(`${flags.out}: ${counted(made.services.length, 'service')} of ${made.system}`)
    for (const left of made.leftOut) this.remark(left)
    this.remark('look through it, then: sluice validate, sluice plan')
    return made
  }

  private async draft(compose: string | undefined, repos: readonly string[] | undefined): Promise<Draft> {
    const folder = process.cwd()
    if (repos) return this.take(await draftFromRepositories(folder, repos))
    if (compose !== undefined) return this.take(await draftFromCompose(folder, compose))
    if (this.jsonEnabled() || !mayMove(process.stdin) || !mayMove(process.stdout)) {
      const hint = 'name where it comes from: --compose FILE, or --repos FOLDER'
      throw new Refused(failure('usage', {message: 'there is no compose file here, and nobody to be asked', hint}))
    }
    const {askedDraft} = await import('./shared/asked-draft.ts')
    return askedDraft(folder)
  }
}
