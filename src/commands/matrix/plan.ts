import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {loadConfig} from '../../app/config.ts'
import {githubMatrix, planMatrix} from '../../app/matrix-plan.ts'
import {type CellName, CELLS} from '../../core/matrix/cell.ts'
import {SluiceCommand} from '../base.ts'

export default class MatrixPlan extends SluiceCommand {
  static override summary = 'Print the cells that a run would have, for as many runners as there are.'
  static override examples = ['<%= config.bin %> matrix plan', '<%= config.bin %> matrix plan --format github']
  static override strict = false
  static override args = {
    service: Args.string({ignoreStdin: true, description: 'Services to test; all that have a repository without it.'}),
  }
  static override flags = {
    cell: Flags.option({
      options: CELLS,
      multiple: true,
      multipleNonGreedy: true,
      description: 'Only this cell; may be given several times.',
    })(),
    format: Flags.option({
      options: ['text', 'github'] as const,
      default: 'text' as const,
      description: 'github: one line of JSON for strategy.matrix of GitHub Actions.',
    })(),
  }

  async run() {
    const {flags, argv} = await this.parse(MatrixPlan)
    const {config} = this.take(await loadConfig({cwd: process.cwd(), config: flags.config}))
    const cells: readonly CellName[] = flags.cell ?? CELLS
    const planned = this.take(planMatrix(config, argv as string[], cells))
    const matrix = githubMatrix(planned)
    this.print(
      flags.format === 'github'
        ? JSON.stringify(matrix)
        : planned.map(({service, cell}) => `sluice matrix run ${service} --cell ${cell}`).join('\n'),
    )
    return matrix
  }
}
