import type {Look} from '../look.ts'
import {eventLine} from './line.ts'
import type {Progress} from './progress.ts'

/** A line an event, for logs and pipes. */
export function lineProgress(look: Look, write: (line: string) => void): Progress {
  return {
    happened: event => {
      const line = eventLine(event, look)
      if (line !== undefined) write(line)
    },
    end: () => Promise.resolve(),
  }
}
