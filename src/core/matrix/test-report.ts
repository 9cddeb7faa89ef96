/** What a test runner told about single tests. A test's name is its file, its suites and its own name. */
export interface TestReport {
  /** Sorted. */
  readonly passed: readonly string[]
  /** Sorted. */
  readonly failed: readonly string[]
}
