import {ExitError} from '@oclif/core/errors'
import {Bug} from '../../core/base/bug.ts'
import {EXIT_OF_FAILURE, failure, type Failure} from '../../core/base/failure.ts'
import {failureDocument, failureText} from '../../report/failure.ts'
import {jsonText} from '../../report/json.ts'
import {nearby} from './nearby.ts'
import {lookOf} from './terminal.ts'
import {usageFailure} from './usage.ts'

/** Thrown by a command to end with a failure; see {@link settle}. */
export class Refused extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Thrown by a command that has an answer, and an exit code other than 0 with it. */
export class Ended extends Error {
  readonly exit: number
  readonly document: unknown

  constructor(exit: number, document: unknown) {
    super(`ended with ${exit}`)
    this.exit = exit
    this.document = document
  }
}

/**
 * The one place where what a command threw becomes words and an exit code. Answers the error that carries the code:
 * everything has been said, and nobody needs to print it again.
 */
export function settle(error: unknown, json: boolean): ExitError {
  if (error instanceof ExitError) return error
  if (error instanceof Ended) {
    if (json) process.stdout.write(jsonText(error.document))
    return new ExitError(error.exit)
  }
  const met = error instanceof Refused ? error.failure : (usageFailure(error) ?? bugFailure(error))
  if (json) process.stdout.write(jsonText(failureDocument(met)))
  else
    process.stderr.write(
      failureText({...met, ...(met.problems && {problems: met.problems.map(nearby)})}, lookOf(process.stderr)),
    )
  if (met.code === 'bug' && process.env['SLUICE_DEBUG']) process.stderr.write(`${stackOf(error)}\n`)
  return new ExitError(EXIT_OF_FAILURE[met.code])
}

/** Anything unforeseen, in one line that asks for a report. */
function bugFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const said = error instanceof Bug ? message : `unexpected: ${message} (this is a bug in sluice: please report it)`
  return failure('bug', {message: said, hint: 'SLUICE_DEBUG=1 shows where it happened'})
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
