/** One thing that was looked at, for whoever has to make it work. */
export interface Finding {
  /** What it belongs to: this machine, the record, the balancer of an environment. */
  readonly area: string
  readonly what: string
  /** `bad` keeps something that the file asks for from working; `note` may matter, or not. */
  readonly level: 'good' | 'note' | 'bad'
  /** What there is, with its version. */
  readonly text: string
  /** The next thing to do, where there is one. */
  readonly todo?: string
}
