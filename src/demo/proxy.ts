import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {open, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ask, type Endpoint} from '../adapters/balancer/haproxy/socket.ts'
import {failure, type Failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'

/** A HAProxy of the demo's own. */
export interface Proxy {
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>
}

const READY_MS = 10_000
const POLL_MS = 50

/** Starts HAProxy in the demo's folder, with its log in a file there, and waits until it answers. */
export async function startHaproxy(folder: string, configuration: string): Promise<Result<Proxy>> {
  const path = join(folder, 'haproxy.cfg')
  await writeFile(path, configuration)
  const log = await open(join(folder, 'haproxy.log'), 'a')
  const errors = await open(join(folder, 'haproxy.err'), 'a')
  // Ctrl-C in a terminal is not for it: the traffic goes back first.
  const child = spawn('haproxy', ['-db', '-f', path], {stdio: ['ignore', log.fd, errors.fd], detached: true})
  const missing = await Promise.race([
    once(child, 'error').then(([error]) => notStarted(error as NodeJS.ErrnoException)),
    untilReady({by: 'unix', path: join(folder, 'haproxy.sock')}, child),
  ])
  await log.close()
  await errors.close()
  return missing ? fail(missing) : ok({stop: () => ended(child)})
}

async function untilReady(endpoint: Endpoint, child: ChildProcess): Promise<Failure | undefined> {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline && child.exitCode === null) {
    if (child.pid !== undefined && (await ask(endpoint, ['show info'])).ok) return undefined
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
  await ended(child)
  return failure('driver-unable', {
    message: `HAProxy did not start within ${READY_MS / 1000} s`,
    hint: 'run it by hand to see why: demo --keep --balancer haproxy, then haproxy -c -f FOLDER/haproxy.cfg',
  })
}

function notStarted({code, message}: NodeJS.ErrnoException): Failure {
  if (code === 'ENOENT')
    return failure('driver-unable', {
      message: 'haproxy is not installed',
      hint: 'apt-get install haproxy, or leave --balancer out',
    })
  return failure('driver-unable', {message: `haproxy cannot be started: ${message}`})
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
