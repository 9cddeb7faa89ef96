/** One thing that was measured. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** `ms`, `MB`, `x` for a ratio... */
  readonly unit: string
  /** What it may be at most; the bench fails above it. */
  readonly limit?: {readonly max: number}
  /** What it was measured beside, or against. */
  readonly peer?: string
}
