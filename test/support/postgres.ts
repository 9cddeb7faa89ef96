import {freePort} from './ports.ts'
import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {certificatesIn} from './certificates.ts'
import {eventually} from './eventually.ts'

/** A PostgreSQL server of the test's own. */
export interface PostgresRig {
  /** Of its own. */
  readonly folder: string
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

/** How a server of the test's own differs from others. */
export interface PostgresMade {
  /** Where its data go. */
  readonly place?: string
  /** Speaks TLS, with a certificate for 127.0.0.1 by `ca.pem` in {@link PostgresRig.folder}, and wants it of whoever comes over TCP. */
  readonly tls?: boolean
}

export async function openPostgres({place = FAST, tls = false}: PostgresMade = {}): Promise<PostgresRig> {
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
  if (tls) certified(folder, data)
  const port = await freePort()
  let server: ChildProcess | undefined

  const query = (sql: string) =>
    run(program('psql'), '-h', folder, '-p', String(port), '-U', 'sluice', '-d', 'postgres', '-qAt', '-c', sql).trim()

  async function start(): Promise<void> {
    const settings = [...(tls ? TLS : []), '-k', folder, '-h', '127.0.0.1', '-p', String(port), '-c', 'fsync=on']
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
    folder,
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

const TLS = ['ssl=on', 'ssl_cert_file=../server.pem', 'ssl_key_file=../server-key.pem'].flatMap(one => ['-c', one])

function certified(folder: string, data: string): void {
  certificatesIn(folder)
  // It wants the key to be its own, and nobody else's.
  if (AS_POSTGRES.length > 0) chownSync(join(folder, 'server-key.pem'), idOf('-u'), idOf('-g'))
  chmodSync(join(folder, 'server-key.pem'), 0o600)
  const lines = ['local all all trust', 'hostssl all all 127.0.0.1/32 scram-sha-256']
  writeFileSync(join(data, 'pg_hba.conf'), `${lines.join('\n')}\n`)
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
