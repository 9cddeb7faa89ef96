import {saidBy} from '../../core/rollout/condition.ts'
import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {type Answer, get, isWell} from '../answer.ts'
import {valueAt} from './json.ts'

/** Every instance of `next` must answer as it should. One that has nothing to say in its JSON has not been measured. */
export async function probeHttp(check: HttpProbe, context: ProbeContext): Promise<Probed> {
  if (context.addresses.length === 0) return {verdict: 'error', detail: 'there is no instance to ask'}
  const wanted = {
    timeoutMs: check.timeoutMs,
    body: check.json !== undefined,
    ...(context.signal && {signal: context.signal}),
  }
  const answers = await Promise.all(context.addresses.map(address => get(address, check.path, wanted)))
  return worst(answers.map(answer => saidIn(answer, check)))
}

type HttpProbe = Extract<ProbeConfig, {readonly kind: 'http'}>

function saidIn(answer: Answer, check: HttpProbe): Probed {
  const {said} = answer
  if (answer.is === 'aborted') return {verdict: 'error', detail: said}
  const isAsWanted =
    check.status === undefined ? isWell(answer) : answer.is === 'answered' && answer.status === check.status
  if (!isAsWanted || answer.is !== 'answered') return {verdict: 'failed', detail: said}
  if (check.json === undefined) return {verdict: 'passed', detail: said}
  const value = valueAt(answer.body, check.json)
  if (!value.ok) return {verdict: 'error', detail: `${said}: ${value.why}`}
  const {verdict, detail} = saidBy([value.value], check)
  return {verdict, detail: `${said}: ${check.json} is ${detail}`}
}

const ORDER = ['failed', 'error', 'inconclusive', 'passed'] as const

/** A no of one is a no of all, and so on down to a yes. */
function worst(all: readonly Probed[]): Probed {
  const verdict = ORDER.find(one => all.some(said => said.verdict === one)) ?? 'error'
  const detail = all.flatMap(said => (said.verdict === verdict ? [said.detail] : [])).join('\n')
  return {verdict, detail}
}
