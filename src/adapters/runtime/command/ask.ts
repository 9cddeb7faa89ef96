import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {type DurationMs, formatDuration} from '../../../core/base/units.ts'
import {startProgram} from '../../processes/start.ts'
import {allRead, tail} from '../../tail.ts'
import type {Request} from './protocol.ts'

/** How a command of the user's is run. */
export interface Asking {
  /** Program and arguments. */
  readonly command: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: DurationMs
}

/** What a status may come to; a command that prints without end is ended. */
const LONGEST_ANSWER = 16 * 1024 * 1024
/** How long the rest of its output is waited for once it has ended. */
const AFTERGLOW_MS = 500

/**
 * Gives a command its question on standard input, and answers with what it printed. What it started goes on after it:
 * that is what `start` is for; so only the command itself is ended when its time is up.
 */
export async function ask(request: Request, asking: Asking): Promise<Result<string>> {
  const {command, folder, env, timeoutMs} = asking
  const program = await startProgram({command, folder, env, stdio: ['pipe', 'pipe', 'pipe'], code: 'runtime-failed'})
  if (!program.ok) return fail(told(request, asking, 'was not started', program.failure))
  const child = program.value
  const errors = tail(child.stderr)
  const printed = collected(child)
  child.stdin?.on('error', () => {}).end(`${JSON.stringify(request)}\n`)
  const isLate = await new Promise<boolean>(resolve => {
    const timer = setTimeout(() => resolve(true), timeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
  if (isLate) child.kill('SIGKILL')
  await Promise.all([errors.ended(AFTERGLOW_MS), printed.ended(AFTERGLOW_MS)])
  const said = errors.text().trimEnd() || printed.text().trimEnd().slice(-4096)
  const output = said === '' ? '' : `:\n${said}`
  if (isLate) return fail(told(request, asking, `was not done within ${formatDuration(timeoutMs)}${output}`))
  if (child.signalCode) return fail(told(request, asking, `was ended by ${child.signalCode}${output}`))
  if (child.exitCode !== 0) return fail(told(request, asking, `ended with code ${child.exitCode}${output}`))
  return ok(printed.text())
}

function told(request: Request, {command}: Asking, how: string, cause?: Failure): Failure {
  const why = cause ? `: ${cause.message}` : ''
  return failure('runtime-failed', {
    message: `the ${request.do} command ${command.join(' ')} ${how}${why}`,
    ...(cause?.hint && {hint: cause.hint}),
  })
}

function collected(child: {readonly stdout: NodeJS.ReadableStream | null; kill(signal: NodeJS.Signals): boolean}) {
  const chunks: Buffer[] = []
  let length = 0
  const {stdout} = child
  const ended = new Promise<void>(resolve => {
    stdout?.once('close', resolve)
    stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > LONGEST_ANSWER) child.kill('SIGKILL')
    })
  })
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    ended: async (ms: DurationMs) => {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([ended, new Promise<void>(resolve => (timer = setTimeout(resolve, ms)))])
      clearTimeout(timer)
      await allRead()
      // Whatever it started may still hold its end.
      if (stdout && 'destroy' in stdout && typeof stdout.destroy === 'function') stdout.destroy()
    },
  }
}
