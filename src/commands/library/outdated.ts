import * as Flags from '@oclif/core/flags'
import {libraryOutdated, type OutdatedShown} from '../../app/library-outdated.ts'
import {outdatedText} from '../../report/library/outdated.ts'
import {SluiceCommand} from '../base.ts'
import {libraryArgs, libraryAsked, libraryFlags} from '../shared/library-flags.ts'

export default class LibraryOutdated extends SluiceCommand {
  static override summary =
    'Show which newer libraries to take now, with the next minor upgrade, and with the next major one.'
  static override examples = [
    '<%= config.bin %> library outdated',
    '<%= config.bin %> library outdated accounts --branch master --transitive',
    '<%= config.bin %> library outdated --advisories osv-dump --fail-on-security',
    '<%= config.bin %> library outdated accounts --apply',
  ]
  static override strict = false
  static override args = libraryArgs
  static override flags = {
    ...libraryFlags,
    transitive: Flags.boolean({description: 'Show libraries that only other libraries ask for, too.'}),
    advisories: Flags.string({
      helpValue: 'PATH',
      exclusive: ['offline'],
      description: 'Take known weaknesses from OSV records in a file or folder, and ask nobody.',
    }),
    offline: Flags.boolean({description: 'Ask no database of weaknesses, and say that they are not known.'}),
    'fail-on-security': Flags.boolean({
      description: 'End with 1 where a library has a weakness that is to be mended now, or nobody could say.',
    }),
    apply: Flags.boolean({
      description: 'Prepare a branch on top of master, with a commit for each class of upgrade; nothing is pushed.',
    }),
    push: Flags.boolean({dependsOn: ['apply'], description: 'Push the branch to the repository.'}),
  }

  async run() {
    const {flags, argv} = await this.parse(LibraryOutdated)
    const shown = this.take(
      await libraryOutdated({
        ...libraryAsked(this.where(flags), flags, argv as string[]),
        branch: flags.branch,
        offline: flags.offline,
        transitive: flags.transitive,
        apply: flags.apply,
        push: flags.push,
        ...(flags.advisories !== undefined && {advisories: flags.advisories}),
      }),
    )
    this.print(outdatedText(shown, this.look))
    const failed = shown.some(isUndone) || (flags['fail-on-security'] && shown.some(isAlarming))
    return failed ? this.end(1, {services: shown}) : {services: shown}
  }
}

/** Nothing could be found out, or what was to be prepared was not. */
function isUndone(shown: OutdatedShown): boolean {
  return 'why' in shown || shown.prepared?.at?.is === 'refused'
}

/** Not knowing is no reason to pass a check. */
function isAlarming(shown: OutdatedShown): boolean {
  if ('why' in shown) return true
  return shown.updates.some(({take}) => take === 'now') || !shown.advisories.some(({answered}) => answered)
}
