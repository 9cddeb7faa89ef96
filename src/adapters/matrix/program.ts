import {spawn} from 'node:child_process'
import {type FileHandle, open} from 'node:fs/promises'
import type {DurationMs} from '../../core/base/units.ts'
import type {Environment} from './environment.ts'

/** One command line, its output going to a log file. */
export interface ProgramCall {
  readonly command: readonly string[]
  readonly folder: string
  /** All of its environment. */
  readonly env: Environment
  /** Appended to. */
  readonly log: string
  readonly timeoutMs: DurationMs
  readonly signal: AbortSignal
}

/** How it ended; `output` is the end of what it wrote. */
export type ProgramEnd =
  | {readonly is: 'exited'; readonly code: number; readonly output: string}
  | {readonly is: 'out-of-time'; readonly output: string}
  | {readonly is: 'stopped'; readonly output: string}
  | {readonly is: 'missing'; readonly output: string}

/** Runs one command line to its end, or ends it and everything it started. */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const log = await open(call.log, 'a+')
  try {
    const from = (await log.stat()).size
    await log.appendFile(`$ ${call.command.join(' ')}\n`)
    const end = await settled(call, log)
    return {...end, output: await tailOf(log, from)}
  } finally {
    await log.close()
  }
}

type BareEnd = {is: 'exited'; code: number} | {is: 'out-of-time' | 'stopped' | 'missing'}

/** The group is ended in every case: a test may leave a server behind, and the next cell wants its port. */
function settled(call: ProgramCall, log: FileHandle): Promise<BareEnd> {
  if (call.signal.aborted) return Promise.resolve({is: 'stopped'})
  const [file = '', ...args] = call.command
  const child = spawn(file, args, {
    cwd: call.folder,
    env: call.env,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  })
  const outOfTime = AbortSignal.timeout(call.timeoutMs)
  const giveUp = AbortSignal.any([call.signal, outOfTime])
  const endGroup = () => killGroup(child.pid)
  giveUp.addEventListener('abort', endGroup)
  return new Promise<BareEnd>(resolve => {
    child.once('error', () => resolve({is: 'missing'}))
    child.once('exit', code => {
      endGroup()
      if (giveUp.aborted) resolve({is: call.signal.aborted ? 'stopped' : 'out-of-time'})
      else resolve({is: 'exited', code: code ?? KILLED})
    })
  }).finally(() => giveUp.removeEventListener('abort', endGroup))
}

/** What a shell says of a program that was killed, for instance by a system that is out of memory. */
const KILLED = 137

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}

async function tailOf(log: FileHandle, from: number): Promise<string> {
  const {size} = await log.stat()
  const start = Math.max(from, size - TAIL_BYTES)
  const {buffer, bytesRead} = await log.read(Buffer.alloc(size - start), 0, size - start, start)
  return buffer.subarray(0, bytesRead).toString('utf8')
}

const TAIL_BYTES = 262_144
