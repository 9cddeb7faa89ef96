import type {Clock} from '../../ports/clock.ts'

/** What a runtime driver is opened with, apart from its own options. */
export interface RuntimePlace {
  readonly system: string
  readonly environment: string
  /** `sluice.yaml`, for saying where a wrong option stands. */
  readonly file: string
  /** A folder of this environment's own, for what the driver has to keep. */
  readonly folder: string
  readonly clock: Clock
  /** The environment of this program. */
  readonly env: NodeJS.ProcessEnv
}
