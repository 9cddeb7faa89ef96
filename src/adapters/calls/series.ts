import type {SourceConfig} from '../../core/config/config.ts'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {Instant} from '../../core/base/units.ts'
import {nameOf} from '../../core/usage/identity.ts'
import {summedCounts, type Count, type Snapshot} from '../../core/usage/snapshot.ts'
import {askPrometheus, type Providers, type Series} from '../prometheus.ts'
import {sha256} from './counting.ts'

/** Counters by version and client, as a query of Prometheus shows them. */
export type CounterQuery = Extract<SourceConfig, {readonly from: 'prometheus'}>

const ANSWER_MS = 10_000

/** Asks for all the counters. No series at all is no evidence: nothing was scraped, or the query is wrong. */
export async function readSeries(query: CounterQuery, providers: Providers, now: Instant): Promise<Result<Snapshot>> {
  try {
    const answer = await askPrometheus(providers, query.query, AbortSignal.timeout(ANSWER_MS))
    if (!answer.ok) return answer
    if (answer.value.length === 0) return fail(empty(query))
    return ok({at: now, epoch: '', counts: summedCounts(answer.value.flatMap(series => countOf(query, series)))})
  } catch (error) {
    return fail(silent(providers, error))
  }
}

/** A counter without a version is a call to any of them. */
function countOf({contract, labels}: CounterQuery, {labels: given, value}: Series): readonly Count[] {
  const calls = Math.round(value)
  if (!(calls > 0)) return []
  const major = /^\D*(\d{1,9})/.exec(given[labels.version] ?? '')?.[1]
  const name = nameOf('service', given[labels.client] ?? '', sha256)
  return [
    {
      contract,
      major: major === undefined ? null : Number(major),
      client: name === undefined ? {kind: 'unknown', name: 'unknown'} : {kind: 'service', name},
      calls,
    },
  ]
}

function empty({query}: CounterQuery) {
  return failure('not-found', {
    message: `the query ${JSON.stringify(query)} finds no series`,
    hint: 'counters that nobody scrapes are no evidence: try the query in Prometheus',
  })
}

function silent({prometheus}: Providers, error: unknown) {
  const why = error instanceof Error ? error.message : String(error)
  return failure('not-found', {message: `${prometheus?.url} cannot be asked: ${why}`, hint: 'is Prometheus up?'})
}
