import {connect as connectTcp, isIP, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {unreachable as unknownWay} from '../../../core/base/bug.ts'
import {failure, type Failure} from '../../../core/base/failure.ts'
import {HOST_AND_PORT} from './written.ts'

/** Where HAProxy's Runtime API listens. */
export type Endpoint =
  | {readonly by: 'unix'; readonly path: string}
  | {readonly by: 'tcp'; readonly host: string; readonly port: number}
  | {
      readonly by: 'tls'
      readonly host: string
      readonly port: number
      readonly ca?: string
      readonly cert?: string
      readonly key?: string
    }

/** Longest wait for an answer: with every session of `stats maxconn` taken, HAProxy says nothing at all; a busy machine takes its time. */
const ANSWER_MS = 4000

/** Far above any answer that is asked for here; a run-away answer is cut, not collected. */
const MAX_ANSWER = 64 * 1024 * 1024

/**
 * Sends one line of commands and reads the whole answer. HAProxy closes after one line; the line is half-closed by us
 * too, since the master socket would stay open otherwise.
 */
export async function ask(endpoint: Endpoint, commands: readonly string[]): Promise<Result<string>> {
  const line = `${commands.join('; ')}\n`
  return new Promise(resolve => {
    const socket = open(endpoint)
    const chunks: Buffer[] = []
    let length = 0
    const settle = (result: Result<string>) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => settle(fail(silent(endpoint))), ANSWER_MS)
    socket.on('connect', () => socket.end(line))
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length > MAX_ANSWER)
        settle(fail(failure('balancer-failed', {message: `HAProxy at ${nameOf(endpoint)} answers without end`})))
    })
    // Even a command that says nothing answers with an empty line.
    socket.on('end', () => settle(length === 0 ? fail(hungUp(endpoint)) : ok(Buffer.concat(chunks).toString('utf8'))))
    socket.on('error', (error: NodeJS.ErrnoException) => settle(fail(unreachable(endpoint, error))))
  })
}

/** A socket as a file names it, without TLS: `host:port`, or else a path. */
export function endpointNamed(socket: string): Endpoint {
  const tcp = HOST_AND_PORT.exec(socket)
  return tcp ? {by: 'tcp', host: tcp[1] ?? '', port: Number(tcp[2])} : {by: 'unix', path: socket}
}

/** For people: the path, or `host:port`. */
export function nameOf(endpoint: Endpoint): string {
  return endpoint.by === 'unix' ? endpoint.path : `${endpoint.host}:${endpoint.port}`
}

function open(endpoint: Endpoint): Socket {
  switch (endpoint.by) {
    case 'unix':
      return connectTcp(endpoint.path)
    case 'tcp':
      return connectTcp(endpoint.port, endpoint.host)
    case 'tls': {
      const {host, port, ca, cert, key} = endpoint
      const name = isIP(host) === 0 ? {servername: host} : {}
      return connectTls({host, port, ...name, ...(ca && {ca}), ...(cert && {cert}), ...(key && {key})})
    }
    default:
      return unknownWay(endpoint)
  }
}

const PLAIN_HINT = 'does it speak TLS there? then name tls: { ca } in the options of the balancer'
const TLS_HINT =
  'tls.ca must have signed its certificate, which must name this host; where it asks for one of ours, name tls.cert and tls.key'

function silent(endpoint: Endpoint): Failure {
  return failure('balancer-failed', {
    message: `HAProxy at ${nameOf(endpoint)} took the connection and did not answer for ${ANSWER_MS / 1000} s`,
    hint: 'all sessions of the socket may be taken: end idle ones, or raise `stats maxconn` in the global section',
  })
}

function hungUp(endpoint: Endpoint): Failure {
  return failure('balancer-failed', {
    message: `HAProxy at ${nameOf(endpoint)} took the connection and closed it without an answer`,
    hint: endpoint.by === 'tcp' ? PLAIN_HINT : 'is that the `stats socket`, and HAProxy up?',
  })
}

function unreachable(endpoint: Endpoint, error: NodeJS.ErrnoException): Failure {
  const hints: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket: is `stats socket` in the global section, and HAProxy running?',
    ECONNREFUSED: 'nobody listens there: is HAProxy running?',
    // The connection was taken, and what was said there not understood.
    ...(endpoint.by === 'tcp' && {ECONNRESET: PLAIN_HINT}),
    EACCES: 'the user that runs sluice may not open it: see `mode`, `user` and `group` of `stats socket`',
  }
  const isAboutTls = endpoint.by === 'tls' && /CERT|SELF_SIGNED|SSL|TLS|EPROTO/.test(error.code ?? '')
  const hint = isAboutTls ? TLS_HINT : hints[error.code ?? '']
  return failure('balancer-failed', {
    message: `HAProxy at ${nameOf(endpoint)} cannot be reached: ${error.code ?? error.message}`,
    ...(hint && {hint}),
  })
}
