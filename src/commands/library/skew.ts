import {librarySkew} from '../../app/library-skew.ts'
import {skewText} from '../../report/library/skew.ts'
import {SluiceCommand} from '../base.ts'
import {libraryArgs, libraryAsked, libraryFlags} from '../shared/library-flags.ts'

export default class LibrarySkew extends SluiceCommand {
  static override summary =
    'Count the versions of each library over all services, and find the move that leaves fewest.'
  static override examples = [
    '<%= config.bin %> library skew',
    '<%= config.bin %> library skew accounts billing --branch master',
    '<%= config.bin %> library skew --json',
  ]
  static override strict = false
  static override args = libraryArgs
  static override flags = libraryFlags

  async run() {
    const {flags, argv} = await this.parse(LibrarySkew)
    const skew = this.take(await librarySkew(libraryAsked(this.where(flags), flags, argv as string[]), flags.branch))
    this.print(skewText(skew, skew.unknown, this.look))
    return skew
  }
}
