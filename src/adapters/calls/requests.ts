import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {CounterConfig} from '../../core/config/config.ts'
import type {Counted} from '../../core/usage/compared.ts'
import {readStat} from '../balancer/haproxy/answers.ts'
import {ask, endpointNamed} from '../balancer/haproxy/socket.ts'

/** The requests that a front end of HAProxy has counted since it was started. */
export async function requestsAt({haproxy, frontend}: CounterConfig): Promise<Result<Omit<Counted, 'at' | 'lines'>>> {
  const answer = await ask(endpointNamed(haproxy), ['show info', 'show stat -1 1 -1'])
  if (!answer.ok) return answer
  const row = readStat(answer.value).find(found => found['pxname'] === frontend && found['svname'] === 'FRONTEND')
  if (!row) return fail(noFrontend(frontend))
  const epoch = /^Pid: (\d+)/m.exec(answer.value)?.[1] ?? ''
  return ok({epoch, requests: Number(row['req_tot']), open: Number(row['scur'])})
}

function noFrontend(name: string) {
  return failure('balancer-failed', {
    message: `HAProxy has no front end ${JSON.stringify(name)}`,
    hint: 'counter: { haproxy, frontend } of the source names it',
  })
}
