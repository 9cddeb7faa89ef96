import type {Cell, Row} from './tables.ts'

/** The part of Node's own SQLite that we use; the package for older Nodes has the same. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): {
    run(...values: Cell[]): {readonly changes: number | bigint}
    get(...values: Cell[]): Row | undefined
    all(...values: Cell[]): Row[]
  }
  close(): void
}

interface Driver {
  readonly DatabaseSync: new (path: string | URL, options?: {readonly readOnly: boolean}) => Database
}

let loaded: Promise<Driver> | undefined

/** Node's own where there is one that needs no flag, else the package with the same interface. */
export function driver(): Promise<Driver> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Driver> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const own = major > 22 || (major === 22 && minor >= 13)
  if (!own) return await import('@photostructure/sqlite')
  return quietly(async () => (await import(OWN)) as Driver)
}

/** By a name the type checker does not look up, since the oldest Node that we support has no such module. */
const OWN: string = 'node:sqlite'

/** Node 22 says on every import that this is an experiment; the user can do nothing about it. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const warn = process.emitWarning
  process.emitWarning = () => {}
  try {
    return await work()
  } finally {
    process.emitWarning = warn
  }
}
