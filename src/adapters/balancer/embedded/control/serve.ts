import type {Socket} from 'node:net'
import {failure} from '../../../../core/base/failure.ts'
import {fail, type Result} from '../../../../core/base/result.ts'
import {onLines} from './lines.ts'
import {type Answers, type Asking, decode, encode, PROTOCOL, type Request} from './protocol.ts'
import type {Verbs} from './verbs.ts'

/** Answers the questions on one control connection. @param ready resolves when the process has its table back */
export function serveControl(socket: Socket, ready: Promise<Verbs>, log: (line: string) => void): void {
  socket.on('error', () => socket.destroy())
  onLines(socket, line => {
    void answer(line, ready, log).then(text => socket.writable && socket.write(text))
  })
}

async function answer(text: string, ready: Promise<Verbs>, log: (line: string) => void): Promise<string> {
  const line = decode(text)
  const request = line?.request
  const result = line && request ? await perform(line.protocol, request, ready) : refused('that is no question')
  if (request && CHANGES.has(request.do))
    log(`${JSON.stringify(request)} -> ${result.ok ? 'ok' : result.failure.message}`)
  return encode({protocol: PROTOCOL, answer: result})
}

/** Worth a line in the log. */
const CHANGES: ReadonlySet<string> = new Set<Asking>(['attach', 'route', 'detach', 'brownOut', 'shutdown'])

async function perform(protocol: number, request: Request, ready: Promise<Verbs>): Promise<Result<Answers[Asking]>> {
  if (protocol !== PROTOCOL)
    return refused(`the balancer process speaks protocol ${PROTOCOL}, and was asked in ${protocol}`)
  try {
    const verb = (await ready)[request.do] as ((request: Request) => Promise<Result<Answers[Asking]>>) | undefined
    return verb ? await verb(request) : refused(`the balancer does not know ${request.do}`)
  } catch (error) {
    return refused(`the balancer failed at ${request.do}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function refused(message: string): Result<never> {
  return fail(failure('balancer-failed', {message}))
}
