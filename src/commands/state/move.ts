import * as Flags from '@oclif/core/flags'
import {LOCAL, moveState, type StateMoved} from '../../app/state.ts'
import {movedText} from '../../report/state.ts'
import {SluiceCommand} from '../base.ts'

export default class StateMove extends SluiceCommand {
  static override summary = 'Move the record of rollouts: from the file to PostgreSQL, back, or on.'

  static override description =
    'From where `state` in sluice.yaml says it is. Copies everything, compares what arrived, and only then shuts the old ' +
    'one: who still asks there is told where it went. Refused while a rollout is under way, and over a record that is in ' +
    'use. Cut off at any point, the same command goes on.\n\n' +
    'A password is better left out of the address: PGPASSWORD and ~/.pgpass are read as psql reads them.'

  static override examples = [
    '<%= config.bin %> state move --to postgres://deployer@db.example/sluice',
    '<%= config.bin %> state move --to local --json',
  ]

  static override flags = {
    to: Flags.string({
      required: true,
      helpValue: 'ADDRESS',
      description: `postgres://user@host/database, or ${LOCAL} for the file beside sluice.yaml.`,
    }),
  }

  async run(): Promise<StateMoved> {
    const {flags} = await this.parse(StateMove)
    const moved = this.take(await moveState(this.where(flags), flags.to))
    this.print(movedText(moved, flags.to === LOCAL))
    return moved
  }
}
