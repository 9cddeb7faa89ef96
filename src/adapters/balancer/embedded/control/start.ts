import {spawn} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {mkdirSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {failure} from '../../../../core/base/failure.ts'
import {fail, type Result} from '../../../../core/base/result.ts'
import {logFile} from '../log.ts'
import {ask} from './ask.ts'
import type {Hello} from './protocol.ts'
import {highestSocket} from './socket.ts'

const START_LIMIT_MS = 10_000
const POLL_MS = 15

/**
 * Starts the process, detached, so that it outlives this one, and waits until somebody answers. Two who start at once
 * start two processes, of which the socket lets one live; both then talk to that one. Nothing is started where a standby has
 * taken over by now.
 * @param program program and arguments; those that say where it belongs are added
 */
export async function startProcess(
  program: readonly string[],
  {folder, root}: {folder: string; root: string},
): Promise<Result<Hello>> {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const end = performance.now() + START_LIMIT_MS
  const there = await greet(folder)
  if (there !== 'nobody') return there
  let child = launch([...program, folder, root], folder)
  while (performance.now() < end) {
    const hello = await greet(folder)
    // One that has not found out yet that it came too late could take over if the other ended right now.
    if (hello !== 'nobody' && hello.ok && hello.value.pid !== child.pid)
      await Promise.race([child.ended, sleep(end - performance.now())])
    if (hello !== 'nobody') return hello
    const code = await Promise.race([child.ended, sleep(POLL_MS, 'running' as const)])
    // 0 says that somebody else was first.
    if (code !== 'running' && code !== 0) return notStarted(`it ended with ${code}`, folder)
    if (code === 0) await sleep(POLL_MS)
    // That one may have found that it cannot start. Then it is our turn, and we are told why.
    if (code === 0 && (await greet(folder)) === 'nobody') child = launch([...program, folder, root], folder)
  }
  return notStarted(`it did not answer in ${START_LIMIT_MS}ms`, folder)
}

interface Child {
  readonly pid: number | undefined
  /** How it ended. */
  readonly ended: Promise<number | string>
}

function launch([program, ...rest]: readonly string[], folder: string): Child {
  const detached = {detached: true, stdio: 'ignore', cwd: folder, env: environment()} as const
  const child = spawn(program ?? process.execPath, rest, detached)
  const ended = new Promise<number | string>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'))
  })
  child.unref()
  return {pid: child.pid, ended}
}

/** Nothing that changes how Node behaves, and none of the user's secrets, in a process that stays. */
function environment(): NodeJS.ProcessEnv {
  const {PATH, HOME, TZ} = process.env
  return {...(PATH ? {PATH} : {}), ...(HOME ? {HOME} : {}), ...(TZ ? {TZ} : {})}
}

async function greet(folder: string): Promise<Result<Hello> | 'nobody'> {
  const socket = highestSocket(folder)
  return socket === undefined ? 'nobody' : ask<'hello'>(socket, {do: 'hello'}, START_LIMIT_MS)
}

async function notStarted(why: string, folder: string): Promise<Result<never>> {
  const log = await readFile(logFile(folder), 'utf8').catch(() => '')
  const last = log.trimEnd().split('\n').at(-1)
  const hint = last ? `last in ${logFile(folder)}: ${last}` : `look into ${folder}`
  return fail(failure('balancer-failed', {message: `the balancer process did not start: ${why}`, hint}))
}
