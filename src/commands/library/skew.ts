import {librarySkew} from '../../app/library-skew.ts'
import {skewText} from '../../report/library/skew.ts'
import {SluiceCommand} from '../base.ts'
import {LIBRARY_TIMEOUT_MS, libraryArgs, libraryFlags} from '../shared/library-flags.ts'
import {stopSignal} from '../shared/stop.ts'

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
    const skew = this.take(
      await librarySkew(
        {
          ...this.where(flags),
          env: flags.env,
          services: argv as string[],
          environment: process.env,
          signal: stopSignal().signal,
          timeoutMs: LIBRARY_TIMEOUT_MS,
        },
        flags.branch,
      ),
    )
    this.print(skewText(skew, skew.unknown, this.look))
    return skew
  }
}
