import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {loadConfig} from '../../app/config.ts'
import {keepReports, mergedReports, shownReports} from '../../app/matrix-show.ts'
import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {SluiceCommand} from '../base.ts'
import {documentOf, exitOf, type MatrixFormat, matrixFormats, rendered} from '../shared/matrix.ts'

export default class MatrixShow extends SluiceCommand {
  static override summary =
    'Show what the last run of each service came to, or put the results of several machines together.'
  static override examples = [
    '<%= config.bin %> matrix show',
    '<%= config.bin %> matrix show billing --history',
    '<%= config.bin %> matrix show --merge one.json two.json --format markdown',
    '<%= config.bin %> matrix show --merge one.json two.json --keep',
  ]
  static override strict = false
  static override args = {
    service: Args.string({
      ignoreStdin: true,
      description: 'Services to show, or with --merge, files that "matrix run --json" wrote.',
    }),
  }
  static override flags = {
    merge: Flags.boolean({description: 'Read reports from files, and put those of one service together.'}),
    keep: Flags.boolean({
      dependsOn: ['merge'],
      description: 'Keep what was put together beside sluice.yaml, where gates and the history find it.',
    }),
    history: Flags.boolean({exclusive: ['merge'], description: 'Every run, the newest first.'}),
    format: Flags.option({options: matrixFormats, default: 'table' as MatrixFormat, description: 'What to print.'})(),
  }

  async run() {
    const {flags, argv} = await this.parse(MatrixShow)
    const names = argv as string[]
    const reports = flags.merge ? this.take(await mergedReports(names)) : await this.shown(names, flags)
    if (flags.keep) await this.keep(reports, flags)
    this.print(rendered(reports, flags.format, this.look))
    const exit = flags.merge ? exitOf(reports) : 0
    return exit === 0 ? documentOf(reports) : this.end(exit, documentOf(reports))
  }

  private async keep(reports: readonly MatrixReport[], flags: {config?: string | undefined}) {
    const {config} = this.take(await loadConfig(this.where(flags)))
    this.take(await keepReports(config, reports))
  }

  private async shown(services: readonly string[], flags: {config?: string | undefined; history: boolean}) {
    const {config} = this.take(await loadConfig(this.where(flags)))
    return this.take(await shownReports(config, services, flags.history))
  }
}
