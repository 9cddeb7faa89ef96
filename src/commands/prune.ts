import * as Flags from '@oclif/core/flags'
import {orphaned, prune} from '../app/prune.ts'
import type {Orphan} from '../core/rollout/orphans.ts'
import {lineProgress} from '../report/rollout/lines.ts'
import {orphansText} from '../report/rollout/orphans.ts'
import {SluiceCommand} from './base.ts'
import {reason} from './shared/carrying.ts'
import {environment, lockWait} from './shared/flags.ts'
import {lookOf} from './shared/terminal.ts'

export default class Prune extends SluiceCommand {
  static override summary = 'Take away what runs and no record explains, after asking.'

  static override description =
    'Instances and pools that are neither where their service stands nor part of an open rollout: left by a record that ' +
    'was lost, or by a service that is not in the file any more. What has traffic stays, and is named. What is done is ' +
    'recorded as a rollout without steps.'

  static override examples = [
    '<%= config.bin %> prune',
    '<%= config.bin %> prune --yes --reason "after the move" --json',
  ]

  static override flags = {
    ...environment,
    ...reason,
    yes: Flags.boolean({char: 'y', description: 'Do not ask.'}),
    ...lockWait,
  }

  async run(): Promise<{readonly removed: readonly Orphan[]}> {
    const {flags} = await this.parse(Prune)
    const found = this.take(await orphaned({...this.where(flags), env: flags.env}))
    const {orphans} = found
    if (orphans.length === 0) {
      this.print('nothing runs that no record explains')
      return {removed: []}
    }
    this.print(orphansText(orphans, this.look))
    await this.askUnless(flags.yes, 'Take all of it away?')
    const progress = lineProgress(lookOf(process.stderr), text => this.remark(text))
    const options = {reason: flags.reason, lockWaitMs: flags['lock-wait']}
    this.take(await prune(found, options, event => progress.happened(event)))
    return {removed: orphans}
  }
}
