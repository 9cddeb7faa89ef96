import type {Failure} from '../../core/base/failure.ts'

/** Carries a refusal out of a transaction, so that it is rolled back on the way. */
export class Refused extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}
