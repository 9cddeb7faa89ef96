/** Who acts, so that a record and a lock can say so. */
export interface Who {
  /** The person or the job. */
  readonly name: string
  readonly host: string
  readonly pid: number
  /** Changes when the host starts anew, so that a pid means something. */
  readonly boot: string
  /** When the process started, so that a later one with the same pid is not taken for it. */
  readonly started: string
}
