import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import type {ChildProcess} from 'node:child_process'
import type {Failure} from '../core/base/failure.ts'
import {unreachable} from '../core/base/bug.ts'
import {type DurationMs, formatDuration} from '../core/base/units.ts'
import {clock, LONGEST_TIMER_MS} from './clock.ts'
import {identify} from './processes/identity.ts'
import {startProgram} from './processes/start.ts'
import {isGone, killTree, type ProcessTree} from './processes/tree.ts'
import {tail} from './tail.ts'

/** One command of the user's, to be run to its end. */
export interface Command {
  /** Program and arguments; never a shell line. */
  readonly command: readonly string[]
  readonly folder: string
  /** Added to our own environment, since such commands need their credentials. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: DurationMs
  readonly signal?: AbortSignal | undefined
}

/** How a command ended. `output` is the end of what it wrote, standard output and error as they came. */
export type CommandEnd =
  | {readonly is: 'exited'; readonly code: number; readonly output: string}
  /** By a signal that was not ours. */
  | {readonly is: 'killed'; readonly signal: NodeJS.Signals; readonly output: string}
  | {readonly is: 'timed-out'; readonly output: string}
  | {readonly is: 'aborted'; readonly output: string}
  | {readonly is: 'not-started'; readonly failure: Failure}

/** Runs a command and ends everything it started: when it is done, when its time is up, when `signal` says so. */
export async function runCommand(command: Command): Promise<CommandEnd> {
  if (command.signal?.aborted) return {is: 'aborted', output: ''}
  const mark = randomBytes(8).toString('hex')
  const program = await startProgram({
    command: command.command,
    folder: command.folder,
    env: {...definedOnly(process.env), ...command.env, [MARK]: mark},
    stdio: ['ignore', 'pipe', 'pipe'],
    code: 'runtime-failed',
  })
  return program.ok ? follow(program.value, mark, command) : {is: 'not-started', failure: program.failure}
}

/** In words, with the end of the output below. */
export function describeEnd(end: CommandEnd, {command, timeoutMs}: Pick<Command, 'command' | 'timeoutMs'>): string {
  const what = `${command[0] ?? ''} ${howItEnded(end, timeoutMs)}`
  const output = end.is === 'not-started' ? '' : end.output.trimEnd()
  return output === '' ? what : `${what}:\n${output}`
}

function howItEnded(end: CommandEnd, timeoutMs: DurationMs): string {
  switch (end.is) {
    case 'exited':
      return `ended with code ${end.code}`
    case 'killed':
      return `was ended by ${end.signal}`
    case 'timed-out':
      return `was not done within ${formatDuration(timeoutMs)}`
    case 'aborted':
      return 'was not waited for'
    case 'not-started':
      return `was not started: ${[end.failure.message, end.failure.hint].filter(Boolean).join('; ')}`
    default:
      return unreachable(end)
  }
}

/** Given to every process of a command, so that those which leave its group are found too. */
const MARK = 'SLUICE_COMMAND'

async function follow(child: Child, mark: string, {timeoutMs, signal}: Command): Promise<CommandEnd> {
  const leader = identify(child.pid)
  const tree = {...(leader && {leader}), variable: MARK, value: mark}
  const output = tail(child.stdout, child.stderr)
  const outOfTime = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER_MS))
  const ended = await endOf(child, signal ? AbortSignal.any([signal, outOfTime]) : outOfTime)
  await endAll(tree)
  await output.ended(AFTERGLOW_MS)
  if (ended) return {...ended, output: output.text()}
  return {is: signal?.aborted ? 'aborted' : 'timed-out', output: output.text()}
}

type Child = ChildProcess & {readonly pid: number}

/** How long to wait for the last of the output once every process is gone. */
const AFTERGLOW_MS = 1000

/** Undefined when it was given up. */
async function endOf(child: Child, giveUp: AbortSignal): Promise<OwnEnd | undefined> {
  try {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', {signal: giveUp})
  } catch {
    return undefined
  }
  if (child.signalCode) return {is: 'killed', signal: child.signalCode}
  return {is: 'exited', code: child.exitCode ?? 0}
}

type OwnEnd = {readonly is: 'exited'; readonly code: number} | {readonly is: 'killed'; readonly signal: NodeJS.Signals}

/** Whoever was just being started while we looked is met on the next round. */
async function endAll(tree: ProcessTree): Promise<void> {
  for (let round = 0; round < 50; round++) {
    killTree(tree)
    if (isGone(tree)) return
    await clock.sleep(20)
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
