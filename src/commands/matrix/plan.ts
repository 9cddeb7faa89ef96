import * as Flags from '@oclif/core/flags'
import {loadConfig} from '../../app/config.ts'
import {githubMatrix, planMatrix} from '../../app/matrix-plan.ts'
import {type CellName, CELLS} from '../../core/matrix/cell.ts'
import {SluiceCommand} from '../base.ts'
import {cellArgs, cellFlags} from '../shared/matrix-flags.ts'

export default class MatrixPlan extends SluiceCommand {
  static override summary = 'Print the cells that a run would have, for as many runners as there are.'
  static override examples = ['<%= config.bin %> matrix plan', '<%= config.bin %> matrix plan --format github']
  static override strict = false
  static override args = cellArgs
  static override flags = {
    ...cellFlags,
    format: Flags.option({
      options: ['text', 'github'] as const,
      default: 'text' as const,
      description: 'github: one line of JSON for strategy.matrix of GitHub Actions.',
    })(),
  }

  async run() {
    const {flags, argv} = await this.parse(MatrixPlan)
    const {config} = this.take(await loadConfig(this.where(flags)))
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
