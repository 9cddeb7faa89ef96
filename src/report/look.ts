import picocolors from 'picocolors'

/** How text may look where it goes. */
export interface Look {
  /** Columns that a line may take. */
  readonly columns: number
  readonly colour: boolean
}

/** Without colour and never narrower than a page: for files, pipes and tests. */
export const PLAIN: Look = {columns: 80, colour: false}

/** What colours mean, by what they say and not by their hue. */
export interface Paint {
  readonly strong: (text: string) => string
  /** Secondary: what may be skipped while reading. */
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
  /** What a step leads to. */
  readonly next: (text: string) => string
  readonly name: (text: string) => string
}

/** The palette of a look; without colour every entry returns its text. */
export function paintOf(look: Look): Paint {
  const c = picocolors.createColors(look.colour)
  return {strong: c.bold, faint: c.dim, good: c.green, warn: c.yellow, bad: c.red, next: c.cyan, name: c.bold}
}
