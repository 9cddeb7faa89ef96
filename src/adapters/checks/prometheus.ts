import type {PrometheusConfig} from '../../core/config/config.ts'
import {saidBy} from '../../core/rollout/condition.ts'
import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'

/** What the environment says of the server that is asked. */
export interface Providers {
  readonly prometheus?: PrometheusConfig
  /** Where its token stands. */
  readonly env: NodeJS.ProcessEnv
}

/**
 * What a PromQL query evaluates to just now. Of several series every one must meet the condition. No series and NaN are
 * no measurement: before the first scrape of a new release there is nothing, and a rate of no requests is 0/0.
 */
export async function probePrometheus(
  check: PrometheusProbe,
  context: ProbeContext,
  providers: Providers,
): Promise<Probed> {
  const {prometheus} = providers
  if (!prometheus) return {verdict: 'error', detail: 'the environment names no prometheus to ask'}
  const token = prometheus.tokenFrom === undefined ? undefined : providers.env[prometheus.tokenFrom]
  if (prometheus.tokenFrom !== undefined && !token)
    return {verdict: 'error', detail: `${prometheus.tokenFrom} is not set`}
  const response = await fetch(queryUrl(prometheus), {
    method: 'POST',
    body: new URLSearchParams({query: filledIn(check.query, context)}),
    headers: token ? {authorization: `Bearer ${token}`} : {},
    signal: AbortSignal.any([AbortSignal.timeout(check.timeoutMs), ...(context.signal ? [context.signal] : [])]),
  })
  const text = await response.text()
  const {status, error, data} = parsed(text)
  if (status !== 'success' || !data)
    return {verdict: 'error', detail: `${prometheus.url}: ${error ?? `answers ${response.status}`}`}
  const values = valuesOf(data)
  return values.length > 0 ? saidBy(values, check) : {verdict: 'error', detail: 'the query finds no series'}
}

type PrometheusProbe = Extract<ProbeConfig, {readonly kind: 'prometheus'}>

function queryUrl({url}: PrometheusConfig): string {
  return `${url.replace(/\/+$/, '')}/api/v1/query`
}

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

type Sample = readonly [at: number, value: string]

/** The answer of the HTTP API, as far as we read it. */
interface Answered {
  readonly status?: string
  readonly error?: string
  readonly data?: {readonly resultType: string; readonly result: unknown}
}

function parsed(text: string): Answered {
  try {
    return JSON.parse(text) as Answered
  } catch {
    return {}
  }
}

function valuesOf({resultType, result}: NonNullable<Answered['data']>): readonly number[] {
  if (resultType === 'scalar') return [Number((result as Sample)[1])]
  if (resultType !== 'vector') return []
  return (result as readonly {readonly value: Sample}[]).map(({value}) => Number(value[1]))
}
