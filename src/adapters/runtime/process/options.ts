import {listOfNames, type Readers, size} from '../../options.ts'

/** What the driver's own keys in `sluice.yaml` say. */
export interface WrittenProcess {
  readonly pass: readonly string[]
  readonly logLimit: number
}

export const PROCESS_OPTIONS: Readers<WrittenProcess> = {pass: listOfNames, logLimit: size}
