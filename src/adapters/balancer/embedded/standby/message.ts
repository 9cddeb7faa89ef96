/**
 * How a standby is started: `node balancer.js FOLDER ROOT standby-of PID`. Another word whenever the messages below change: a
 * standby is started from the program on disk, which may be newer by then, and that ends where it does not know the word.
 */
export const STANDBY_OF = 'standby-of'

export const LISTENS = 0

/** What the balancer tells its standby, in order. */
export type ToStandby =
  /** The socket that listens there comes along. */
  | {readonly do: 'hold'; readonly address: string}
  | {readonly do: 'drop'; readonly address: string}
  /** The control socket comes along; the path that it has. */
  | {readonly do: 'control'; readonly path: string}
  /** Say so when all of the above is done. */
  | {readonly do: 'answer'; readonly number: number}

/** What the standby answers; {@link LISTENS} as its first word. What is sent before that may be lost, and is held by nobody. */
export interface FromStandby {
  readonly answered: number
}
