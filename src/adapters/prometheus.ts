import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {PrometheusConfig} from '../core/config/config.ts'

/** What the environment says of the server that is asked. */
export interface Providers {
  readonly prometheus?: PrometheusConfig
  /** Where its token stands. */
  readonly env: NodeJS.ProcessEnv
}

/** One series of an answer, as it stands just now. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What a PromQL query evaluates to just now. A scalar is a series without labels; a range is none at all. */
export async function askPrometheus(
  {prometheus, env}: Providers,
  query: string,
  signal: AbortSignal,
): Promise<Result<readonly Series[]>> {
  if (!prometheus) return no('the environment names no prometheus to ask')
  const token = prometheus.tokenFrom === undefined ? undefined : env[prometheus.tokenFrom]
  if (prometheus.tokenFrom !== undefined && !token) return no(`${prometheus.tokenFrom} is not set`)
  const response = await fetch(`${prometheus.url.replace(/\/+$/, '')}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({query}),
    headers: token ? {authorization: `Bearer ${token}`} : {},
    signal,
  })
  const {status, error, data} = parsed(await response.text())
  if (status !== 'success' || !data) return no(`${prometheus.url}: ${error ?? `answers ${response.status}`}`)
  return ok(seriesOf(data))
}

function no(message: string): Result<never> {
  return fail(failure('not-found', {message, hint: 'see prometheus: { url, tokenFrom } of the environment'}))
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

function seriesOf({resultType, result}: NonNullable<Answered['data']>): readonly Series[] {
  if (resultType === 'scalar') return [{labels: {}, value: Number((result as Sample)[1])}]
  if (resultType !== 'vector') return []
  const vector = result as readonly {readonly metric?: Series['labels']; readonly value: Sample}[]
  return vector.map(({metric = {}, value}) => ({labels: metric, value: Number(value[1])}))
}
