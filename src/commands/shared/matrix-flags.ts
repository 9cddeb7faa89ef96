import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {CELLS} from '../../core/matrix/cell.ts'

/** The services whose cells are wanted. */
export const cellArgs = {
  service: Args.string({ignoreStdin: true, description: 'Services to test; all that have a repository without it.'}),
}

/** Which of their cells. */
export const cellFlags = {
  cell: Flags.option({
    options: CELLS,
    multiple: true,
    multipleNonGreedy: true,
    description: 'Only this cell; may be given several times.',
  })(),
}
