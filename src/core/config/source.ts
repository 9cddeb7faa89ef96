/** A file's text, and the name that problems give it: a path, or `<repo>@<tag>:sluice.service.yaml`. */
export interface Source {
  readonly file: string
  readonly text: string
}
