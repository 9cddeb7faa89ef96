import {freePort} from './ports.ts'
import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {eventually} from './eventually.ts'

/** A PostgreSQL server of the test's own. */
export interface PostgresRig {
  /** Its database, over TCP with a password. */
  readonly address: string
  /** The same over the socket, without one. */
  readonly socketAddress: string
  query(sql: string): string
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  start(): Promise<void>
  end(): Promise<void>
}

export const PASSWORD = 'a-secret@of/postgres'

/** Where Debian keeps the programs of its newest PostgreSQL; undefined where none is installed. */
export const POSTGRES = programs()

function programs(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(version => join(root, version, 'bin')).find(bin => existsSync(join(bin, 'initdb')))
}

/** Root may not run PostgreSQL, so the user of the package does. */
const AS_POSTGRES =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []

/** In memory where the machine has a place for that: what is tested is not the disk. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** @param place where its data go */
export async function openPostgres(place = FAST): Promise<PostgresRig> {
  const folder = mkdtempSync(join(place, 'sluice-pg-'))
  if (AS_POSTGRES.length > 0) chownSync(folder, idOf('-u'), idOf('-g'))
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  run(
    program('initdb'),
    '-D',
    data,
    '-U',
    'sluice',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '-E',
    'UTF8',
    '-N',
  )
  const port = await freePort()
  let server: ChildProcess | undefined

  const query = (sql: string) =>
    run(program('psql'), '-h', folder, '-p', String(port), '-U', 'sluice', '-d', 'postgres', '-qAt', '-c', sql).trim()

  async function start(): Promise<void> {
    const settings = ['-k', folder, '-h', '127.0.0.1', '-p', String(port), '-c', 'fsync=on']
    const [file = '', ...rest] = [...AS_POSTGRES, program('postgres'), '-D', data, ...settings]
    server = spawn(file, rest, {stdio: 'ignore', cwd: folder})
    await eventually(() => answers(port))
    await eventually(() => isReady(query))
  }

  async function kill(): Promise<void> {
    const dying = server
    server = undefined
    if (!dying) return
    const gone = new Promise(resolve => dying.once('exit', resolve))
    // Immediate shutdown: no goodbye to anybody, and recovery from the log at the next start.
    dying.kill('SIGQUIT')
    await gone
  }

  await start()
  query(`ALTER ROLE sluice PASSWORD '${PASSWORD}'`)
  return {
    address: `postgres://sluice:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    socketAddress: `postgres://sluice@/postgres?host=${encodeURIComponent(folder)}&port=${port}`,
    query,
    kill,
    start,
    end: async () => {
      await kill()
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

function program(name: string): string {
  return join(POSTGRES ?? '', name)
}

function run(...command: readonly string[]): string {
  const [file = '', ...rest] = [...AS_POSTGRES, ...command]
  return execFileSync(file, rest, {encoding: 'utf8', cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe']})
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], {encoding: 'utf8'}))
}

function isReady(query: (sql: string) => string): boolean {
  try {
    return query('SELECT 1') === '1'
  } catch {
    return false
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
