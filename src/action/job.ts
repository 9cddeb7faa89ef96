import type {Where} from '../app/config.ts'
import type {Problem} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import type {Outputs} from './definition.ts'
import type {Inputs} from './inputs.ts'

/** Where a command of the Action runs, and how it talks while it does. */
export interface Job {
  readonly inputs: Inputs
  readonly where: Where & {readonly env: string | undefined}
  /** What starts this run, as a reason for the record. */
  readonly run: string
  /** Lines for the log, under a heading that can be folded. What is logged is data: the runner obeys nothing in it. */
  group<T>(title: string, work: (line: (text: string) => void) => Promise<T>): Promise<T>
  /** What deserves a look and stops nothing: annotations. */
  warn(problems: readonly Problem[]): void
}

/** How a command of the Action ended. */
export interface Ending {
  /** As the command line would end: 0 and 4 are green, everything else is red. */
  readonly exit: number
  /** In a line. */
  readonly said: string
  readonly outputs: Outputs
  /** For the job summary and the pull request, in at most so many bytes. */
  readonly markdown: (most: number) => string
}

/** One command of the Action. */
export type Act = (job: Job) => Promise<Result<Ending>>
