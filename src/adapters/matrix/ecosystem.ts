import type {Resolved} from '../../core/matrix/resolved.ts'

/** Newest that the manifest's ranges allow, or newest at all. */
export type Latest = 'in-range' | 'absolute'

/** One command line of a cell. */
export interface Line {
  readonly command: readonly string[]
  /** Added to the cell's environment. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * `fetch` talks to registries: it sees the user's settings for them and runs no code of a library.
   * `build` runs code of libraries: it sees no more than the tests do.
   */
  readonly does: 'fetch' | 'build'
  /** Done to a file of the checkout first, where the package manager has no option for it. */
  readonly edit?: FileEdit
  /** A file of the checkout in which the command says more than it writes, for telling why it failed. */
  readonly details?: string
}

/** A file of the checkout that is there, and what becomes of it. */
export interface FileEdit {
  readonly path: string
  /** As somebody would be told to do it by hand; two edits that say the same do the same. */
  readonly says: string
  readonly to: (text: string) => string
}

/** The files of one commit that commands and readers look at, by path; read once. */
export interface RepoFiles {
  readonly has: (path: string) => boolean
  /** Undefined where there is no such file. */
  readonly text: (path: string) => string | undefined
}

/**
 * What is moved to its newest version: everything, or just these libraries. Beyond the ranges only what is needed at run
 * time moves, unless `development` names tools, too.
 */
export type Wish = {readonly all: true} | {readonly only: readonly string[]; readonly development?: true}

/** How one package manager installs exactly its lock file, and how it takes the newest. A row of a table. */
export interface Ecosystem {
  readonly name: string
  /** Says that a repository is of this kind; the first row that says so is taken. */
  readonly is: (files: RepoFiles) => boolean
  /** Everything at the root that decides what is resolved: manifests, settings, lock files. Only these are read. */
  readonly files: readonly string[]
  /** The ones that say exactly which versions; at least one must be committed. */
  readonly locks: readonly string[]
  /** Prints the version of the package manager. */
  readonly version: readonly string[]
  /** What is wrong with this version for this lock file; absent where every version will do. */
  readonly unfit?: (files: RepoFiles, version: string) => string | undefined
  /** Where the lock file does not fit the manifest; absent where the package manager says so itself. */
  readonly stale?: (files: RepoFiles) => string | undefined
  /** Installs what the lock file says, and fails where that is not possible. */
  readonly install: (files: RepoFiles, scripts: boolean) => readonly Line[]
  /** Rewrites the lock file; undefined where the package manager has no such thing. */
  readonly relock: (files: RepoFiles, latest: Latest, wish: Wish) => readonly Line[] | undefined
  /** What runs the tests where the configuration does not say; undefined where the repository has none. */
  readonly test: (files: RepoFiles) => readonly string[] | undefined
  /** Reads the lock file; absent where it does not list what was resolved. */
  readonly read?: (files: RepoFiles) => Promise<Resolved> | Resolved
  /** Names of files and folders in which the libraries end up, anywhere in the checkout; empty: not reusable. */
  readonly installed: readonly string[]
}

/** A line that talks to a registry. */
export function fetching(command: readonly string[], env?: Readonly<Record<string, string>>): Line {
  return env ? {command, env, does: 'fetch'} : {command, does: 'fetch'}
}

/** A line that may run code of libraries. */
export function building(command: readonly string[], env?: Readonly<Record<string, string>>): Line {
  return env ? {command, env, does: 'build'} : {command, does: 'build'}
}
