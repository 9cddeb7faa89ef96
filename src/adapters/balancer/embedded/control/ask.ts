import {connect} from 'node:net'
import {failure} from '../../../../core/base/failure.ts'
import {fail, type Result} from '../../../../core/base/result.ts'
import type {DurationMs} from '../../../../core/base/units.ts'
import {onLines} from './lines.ts'
import {type Answers, type Asking, decode, encode, PROTOCOL, type RequestOf} from './protocol.ts'

/** An answer; or 'nobody' where the process is not there, or went away before it had answered. */
export type Asked<T> = Result<T> | 'nobody'

/** Asks one question on a control socket. */
export function ask<A extends Asking>(
  path: string,
  request: RequestOf<A>,
  limitMs: DurationMs,
): Promise<Asked<Answers[A]>> {
  return new Promise(resolve => {
    const socket = connect(path)
    const limit = setTimeout(() => settle(silent(path, limitMs)), limitMs)
    const settle = (asked: Asked<Answers[A]>) => {
      clearTimeout(limit)
      socket.destroy()
      resolve(asked)
    }
    socket.on('connect', () => socket.write(encode({protocol: PROTOCOL, request})))
    socket.on('error', (error: NodeJS.ErrnoException) => settle(isGone(error) ? 'nobody' : unreachable(path, error)))
    socket.on('close', () => settle('nobody'))
    onLines(socket, line => settle(understood<A>(line)))
  })
}

function isGone(error: NodeJS.ErrnoException): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')
}

function understood<A extends Asking>(line: string): Result<Answers[A]> {
  const message = decode(line)
  if (!message?.answer)
    return fail(failure('balancer-failed', {message: `the balancer process answered ${line.slice(0, 80)}`}))
  if (message.protocol === PROTOCOL) return message.answer as Result<Answers[A]>
  return fail(
    failure('balancer-failed', {
      message: `the balancer process speaks protocol ${message.protocol}, this sluice speaks ${PROTOCOL}`,
      hint: 'end the process (SIGTERM); the next command starts a new one, with the same pools and shares',
    }),
  )
}

function silent(path: string, limitMs: DurationMs): Result<never> {
  return fail(failure('balancer-failed', {message: `the balancer process at ${path} has not answered in ${limitMs}ms`}))
}

function unreachable(path: string, error: Error): Result<never> {
  return fail(
    failure('balancer-failed', {message: `the balancer process at ${path} cannot be asked: ${error.message}`}),
  )
}
