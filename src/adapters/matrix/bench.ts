import type {DurationMs, Instant} from '../../core/base/units.ts'

/** What a caller decides about a workbench. */
export interface Bench {
  /** Everything in here may be deleted at any time; it is made again. */
  readonly cache: string
  /** Our own environment, from which cells get their allow-listed parts. */
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: DurationMs
  /** May install scripts of libraries run? */
  readonly scripts: boolean
  /** Are answers, resolutions and installed libraries of earlier runs taken? */
  readonly reuse: boolean
  /** When "latest" is looked up. */
  readonly asOf: Instant
  readonly signal: AbortSignal
}
