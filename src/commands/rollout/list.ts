import * as Flags from '@oclif/core/flags'
import {listRollouts} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {rolloutsText} from '../../report/rollout/text.ts'
import {SluiceCommand} from '../base.ts'
import {environment} from '../shared/flags.ts'

const NEWEST = 20

export default class RolloutList extends SluiceCommand {
  static override summary = 'List what was carried out, newest first.'

  static override examples = ['<%= config.bin %> rollout list', '<%= config.bin %> rollout list --limit 5 --json']

  static override flags = {
    ...environment,
    limit: Flags.integer({min: 1, default: NEWEST, description: 'How many at the most.'}),
  }

  async run(): Promise<{readonly rollouts: readonly RolloutShown[]}> {
    const {flags} = await this.parse(RolloutList)
    const rollouts = this.take(await listRollouts({...this.where(flags), env: flags.env}, flags.limit))
    this.print(rolloutsText(rollouts, this.look))
    return {rollouts}
  }
}
