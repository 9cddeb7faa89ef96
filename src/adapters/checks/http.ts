import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {get, isWell} from '../answer.ts'

/** Every instance of `next` must answer 2xx. */
export async function probeHttp(check: HttpProbe, context: ProbeContext): Promise<Probed> {
  if (context.addresses.length === 0) return {verdict: 'error', detail: 'there is no instance to ask'}
  const ask = (address: string) => get(address, check.path, check.timeoutMs, context.signal)
  const answers = await Promise.all(context.addresses.map(ask))
  const ill = answers.filter(answer => !isWell(answer))
  const detail = (ill.length > 0 ? ill : answers).map(answer => answer.said).join('\n')
  if (ill.every(answer => answer.is === 'aborted') && ill.length > 0) return {verdict: 'error', detail}
  return {verdict: ill.length > 0 ? 'failed' : 'passed', detail}
}

type HttpProbe = Extract<ProbeConfig, {readonly kind: 'http'}>
