import type {DurationMs} from '../core/base/units.ts'

/** One run of a hook. */
export interface HookRequest {
  /** Names it in a report: `accounts-1/expand`. */
  readonly name: string
  readonly command: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: DurationMs
}

/** Runs a program of the user's to its end. Never rejects; one that cannot be started, or is not done in time, has failed. */
export interface Hooks {
  run(request: HookRequest): Promise<{readonly ok: boolean; readonly output: string}>
}
