import {randomBytes} from 'node:crypto'
import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {type FileHandle, open} from 'node:fs/promises'
import type {DurationMs} from '../../core/base/units.ts'
import {clock, LONGEST_TIMER_MS} from '../clock.ts'
import {identify} from '../processes/identity.ts'
import {startProgram} from '../processes/start.ts'
import {isGone, killTree, type ProcessTree} from '../processes/tree.ts'
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
export type ProgramEnd = BareEnd & {readonly output: string}

export type BareEnd =
  | {readonly is: 'exited'; readonly code: number}
  | {readonly is: 'out-of-time'}
  | {readonly is: 'stopped'}
  /** Ended for taking more memory than it may have; only containers can tell. */
  | {readonly is: 'out-of-memory'}
  | {readonly is: 'missing'}
  /** Whatever it was to run in went away; `text` says what. */
  | {readonly is: 'lost'; readonly text: string}

/** Runs one command line to its end, or ends it and everything it started. */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const log = await open(call.log, 'a')
  try {
    const from = (await log.stat()).size
    await log.appendFile(`$ ${call.command.join(' ')}\n`)
    const end = await ended(call, log)
    return {...end, output: await tailOf(call.log, from)}
  } finally {
    await log.close()
  }
}

/** Everything is ended in every case: a test may leave a server behind, and the next cell wants its port. */
async function ended({command, folder, env, timeoutMs, signal}: ProgramCall, log: FileHandle): Promise<BareEnd> {
  if (signal.aborted) return {is: 'stopped'}
  const value = randomBytes(8).toString('hex')
  const program = await startProgram({
    command,
    folder,
    env: {...env, [MARK]: value},
    stdio: ['ignore', log.fd, log.fd],
    code: 'runtime-failed',
  })
  if (!program.ok) {
    await log.appendFile(`${program.failure.message}\n`)
    return {is: 'missing'}
  }
  const leader = identify(program.value.pid)
  const outOfTime = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS))
  const code = await codeOf(program.value, AbortSignal.any([signal, outOfTime]))
  await endAll({...(leader && {leader}), variable: MARK, value})
  if (code !== undefined) return {is: 'exited', code}
  return {is: signal.aborted ? 'stopped' : 'out-of-time'}
}

/** Given to every process of a cell, so that those which leave their group are found too. */
const MARK = 'SLUICE_CELL'

/** What a shell says of a program that was killed, for instance by a system that is out of memory. */
const KILLED = 137

/** Undefined when it was given up. */
async function codeOf(child: ChildProcess, giveUp: AbortSignal): Promise<number | undefined> {
  try {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', {signal: giveUp})
    return child.exitCode ?? KILLED
  } catch {
    return undefined
  }
}

/** Whoever was just being started while we looked is met on the next round. */
async function endAll(tree: ProcessTree): Promise<void> {
  for (let round = 0; round < 50; round++) {
    killTree(tree)
    if (isGone(tree)) return
    await clock.sleep(20)
  }
}

/** The end of what was written since a place in the log. */
export async function tailOf(path: string, from: number): Promise<string> {
  const log = await open(path, 'r')
  try {
    const {size} = await log.stat()
    const start = Math.max(from, size - TAIL_BYTES)
    const {buffer, bytesRead} = await log.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await log.close()
  }
}

const TAIL_BYTES = 262_144
