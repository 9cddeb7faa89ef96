import {Command} from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import type {Where} from '../app/config.ts'
import {failure, type Problem} from '../core/base/failure.ts'
import type {Result} from '../core/base/result.ts'
import type {MaybeState, ServiceName} from '../core/graph/system.ts'
import type {TakenBack} from '../core/rollout/taken-back.ts'
import {warningText} from '../report/failure.ts'
import {jsonText} from '../report/json.ts'
import type {Look} from '../report/look.ts'
import {stateText} from '../report/plan/words.ts'
import {takenBackText} from '../report/rollout/taken-back.ts'
import {counted} from '../report/text/count.ts'
import {agreed} from './shared/agreed.ts'
import {Ended, Refused, settle} from './shared/ending.ts'
import {nearby} from './shared/nearby.ts'
import {lookOf, mayMove} from './shared/terminal.ts'

/** So many warnings are read by somebody who wants something else. */
const MOST_WARNINGS = 20

/**
 * What every command shares: `--json` and `--config`, data on standard output and talk on standard error, and one way
 * to end. A command turns flags into a call of the app, and its answer into text, a document and an exit code.
 */
export abstract class SluiceCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    config: Flags.string({
      helpGroup: 'GLOBAL',
      helpValue: 'FILE',
      description: 'The sluice.yaml to use; without it, the nearest one from here upwards.',
    }),
  }

  /** The value of a use case; a failure ends the command. */
  protected take<T>(result: Result<T>): T {
    if (result.ok) return result.value
    throw new Refused(result.failure)
  }

  /** Ends with an exit code other than 0 although there is an answer; `document` is what `--json` prints. */
  protected end(exit: number, document: unknown): never {
    throw new Ended(exit, document)
  }

  /**
   * Data for standard output; silent with `--json`, where the document is all there is. Text that takes its time comes as
   * a function, which is not called where nobody reads it.
   */
  protected print(given: string | (() => string)): void {
    if (this.jsonEnabled()) return
    const text = typeof given === 'string' ? given : given()
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Talk for standard error. */
  protected remark(text: string): void {
    process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Ends the command unless somebody agrees; `or` is what else can be done where nobody is there to be asked. */
  protected async askUnless(isAgreed: boolean, question: string, or?: string): Promise<void> {
    if (isAgreed) return
    if (!this.isAttended()) {
      const hint = `pass --yes to carry it out${or === undefined ? '' : `, ${or}`}`
      throw new Refused(failure('usage', {message: 'nobody is there to be asked', hint}))
    }
    if (!(await agreed(question))) throw new Refused(failure('usage', {message: 'nothing was done'}))
  }

  /** A person sits there who can be asked. */
  protected isAttended(): boolean {
    return !this.jsonEnabled() && mayMove(process.stdin) && mayMove(process.stdout)
  }

  /** Where this command stands, for the app. */
  protected where(flags: {readonly config?: string | undefined}): Where {
    return {cwd: process.cwd(), config: flags.config}
  }

  /** What deserves a look and stops nothing, on standard error; a few of it where that is not what was asked for. */
  protected warnings(problems: readonly Problem[], most = MOST_WARNINGS): void {
    const look = lookOf(process.stderr)
    for (const problem of problems.slice(0, most)) this.remark(warningText(nearby(problem), look))
    if (problems.length > most)
      this.remark(`and ${counted(problems.length - most, 'warning')} more: sluice validate shows them all`)
  }

  /** What was taken back before and would be tried again. */
  protected remember(bad: readonly TakenBack[]): void {
    for (const one of bad) this.remark(takenBackText(one, lookOf(process.stderr)))
  }

  /** What there is no record of, and runs all the same. */
  protected recognise(found: ReadonlyMap<ServiceName, MaybeState>): void {
    for (const [service, state] of found)
      this.remark(
        `there is no record of ${service}; ${stateText(state)} runs by its labels, and is taken for the present one`,
      )
  }

  /** How text on standard output may look. */
  protected get look(): Look {
    return lookOf(process.stdout)
  }

  override logJson(document: unknown): void {
    process.stdout.write(jsonText(document))
  }

  protected override async catch(error: Error): Promise<never> {
    throw settle(error, this.jsonEnabled())
  }
}
