import {type ChildProcess, spawn} from 'node:child_process'
import {Agent} from 'node:http'
import {Duplex, type DuplexOptions} from 'node:stream'
import type {Address} from './address.ts'

/**
 * Connections to an engine through `ssh DESTINATION docker system dial-stdio`, as the `docker` program makes them: keys,
 * known hosts, jumps and all else are as the user has set them up for ssh.
 */
export function sshAgent({destination}: Extract<Address, {readonly by: 'ssh'}>, env: NodeJS.ProcessEnv): Agent {
  const agent = new Agent({keepAlive: true, maxSockets: MOST_CONNECTIONS, maxFreeSockets: 1})
  agent.createConnection = () => through(dial(destination, env))
  return agent
}

/** Each is a process here and one there. */
const MOST_CONNECTIONS = 4

function dial(destination: string, env: NodeJS.ProcessEnv): ChildProcess {
  // Nobody is there to be asked for a password.
  const args = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '--', destination, 'docker', 'system', 'dial-stdio']
  return spawn('ssh', args, {env, stdio: ['pipe', 'pipe', 'pipe']})
}

/** The program's input and output as one connection; what it says on standard error is why it failed. */
function through(child: ChildProcess): Duplex {
  const {stdin, stdout, stderr} = child
  let said = ''
  stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-SAID_LIMIT)))
  const connection = new Connection(child, {
    write: (chunk: Buffer, _, done) => void stdin?.write(chunk, done),
    final: done => void stdin?.end(done),
    read: () => void stdout?.resume(),
    destroy: (error, done) => {
      child.kill()
      done(error)
    },
  })
  stdin?.on('error', () => {})
  stdout?.on('data', (chunk: Buffer) => void (connection.push(chunk) || stdout.pause()))
  child.on('error', error => connection.destroy(error))
  child.on('close', code => (code === 0 ? connection.push(null) : connection.destroy(failed(code, said))))
  return connection
}

const SAID_LIMIT = 1000

function failed(code: number | null, said: string): Error {
  return Object.assign(new Error(`ssh ended with code ${code}: ${said.trim()}`), {code: 'ESSH'})
}

/** What Node's HTTP client asks of a socket beyond being a stream. One that waits for reuse keeps no program alive. */
class Connection extends Duplex {
  readonly #parts: readonly ({ref(): void; unref(): void} | object | null)[]

  constructor(child: ChildProcess, options: DuplexOptions) {
    super(options)
    this.#parts = [child, child.stdin, child.stdout, child.stderr]
  }
  setTimeout(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    for (const part of this.#parts) if (part && 'ref' in part) part.ref()
    return this
  }
  unref(): this {
    for (const part of this.#parts) if (part && 'unref' in part) part.unref()
    return this
  }
}
