/** One measured number, with the limit it is held to. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly limit?: {readonly max: number}
  /** What stands beside it, measured in the same run. */
  readonly peer?: string
}
