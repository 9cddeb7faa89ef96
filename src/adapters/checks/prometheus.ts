import {saidBy} from '../../core/rollout/condition.ts'
import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {askPrometheus, type Providers} from '../prometheus.ts'

/**
 * What a PromQL query evaluates to just now. Of several series every one must meet the condition. No series and NaN are
 * no measurement: before the first scrape of a new release there is nothing, and a rate of no requests is 0/0.
 */
export async function probePrometheus(
  check: PrometheusProbe,
  context: ProbeContext,
  providers: Providers,
): Promise<Probed> {
  const signals = [AbortSignal.timeout(check.timeoutMs), ...(context.signal ? [context.signal] : [])]
  const answer = await askPrometheus(providers, filledIn(check.query, context), AbortSignal.any(signals))
  if (!answer.ok) return {verdict: 'error', detail: answer.failure.message}
  const values = answer.value.map(({value}) => value)
  return values.length > 0 ? saidBy(values, check) : {verdict: 'error', detail: 'the query finds no series'}
}

type PrometheusProbe = Extract<ProbeConfig, {readonly kind: 'prometheus'}>

/** Only these names; other braces are those of PromQL. */
function filledIn(query: string, {service, state, share}: ProbeContext): string {
  const values: Readonly<Record<string, string>> = {
    service,
    release: state.release,
    mode: state.mode ?? '',
    share: String(share),
  }
  return query.replace(/\{(service|release|mode|share)\}/g, (_, name: string) => values[name] ?? '')
}
