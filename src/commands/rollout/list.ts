import * as Flags from '@oclif/core/flags'
import {listRollouts, outlineRollouts} from '../../app/rollouts.ts'
import type {RolloutOutline} from '../../core/rollout/outline.ts'
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

  async run(): Promise<{readonly rollouts: readonly RolloutShown[] | readonly RolloutOutline[]}> {
    const {flags} = await this.parse(RolloutList)
    const where = {...this.where(flags), env: flags.env}
    // Lines say less than documents, and a long history is read for them in a moment.
    if (this.jsonEnabled()) return {rollouts: this.take(await listRollouts(where, flags.limit))}
    const rollouts = this.take(await outlineRollouts(where, flags.limit))
    this.print(rolloutsText(rollouts, this.look))
    return {rollouts}
  }
}
