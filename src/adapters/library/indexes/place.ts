import type {Ask} from './ask.ts'

/** Where the libraries of one world are published. */
export interface Place {
  /** As people know it. */
  readonly name: string
  /** Released versions, neither yanked nor pre-releases; undefined where it has no such library. */
  readonly versions: (library: string, ask: Ask) => Promise<readonly string[] | undefined>
}

/** Variables of the user's environment, by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** The first of these variables that is set, without a slash at its end. */
export function addressFrom(env: Variables, names: readonly string[], otherwise: string): string {
  const set = names.map(name => env[name]?.trim()).find(value => value !== undefined && value !== '')
  return (set ?? otherwise).replace(/\/+$/, '')
}
