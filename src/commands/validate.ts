import {validate, type Validated} from '../app/validate.ts'
import {counted} from '../report/text/count.ts'
import {SluiceCommand} from './base.ts'

export default class Validate extends SluiceCommand {
  static override summary = 'Check sluice.yaml and the manifests of every release.'

  static override description =
    'Every problem at once, each with its file, line and column, the wrong value and what would be right. Warns where the ' +
    'role of its data asks a service for redundancy or for cache invalidation, and of releases that cannot be used.'

  static override examples = [
    '<%= config.bin %> validate',
    '<%= config.bin %> validate --config deploy/sluice.yaml',
    '<%= config.bin %> validate --json',
  ]

  async run(): Promise<Validated> {
    const {flags} = await this.parse(Validate)
    const seen = this.take(await validate(this.where(flags)))
    this.warnings(seen.warnings, Infinity)
    const size = `${counted(seen.services, 'service')}, ${counted(seen.releases, 'release')}`
    this.print(
      seen.warnings.length === 0 ? `valid: ${size}` : `valid: ${size}, ${counted(seen.warnings.length, 'warning')}`,
    )
    return seen
  }
}
