import type {Result} from '../core/base/result.ts'
import type {ServiceName} from '../core/graph/system.ts'

/** What is known of the tests of one release. */
export interface TestEvidence {
  /** `unknown`: it was not tested, or not as it is. */
  readonly outcome: 'passed' | 'failed' | 'unknown'
  /** On what grounds: which cells, when. */
  readonly detail: string
}

/** What the test matrix found out about releases: the facts behind the `matrix` gate. */
export interface Tests {
  evidence(service: ServiceName, release: string): Promise<Result<TestEvidence>>
}
