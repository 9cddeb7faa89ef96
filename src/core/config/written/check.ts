import type {AskingTerms, CheckConfig, CheckTerms, CountedCheck} from '../config.ts'
import {maybe, object} from '../shape/object.ts'
import {oneOf, text, whole, yesOrNo} from '../shape/scalar.ts'
import {about, isBlamed, mapped, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {belowDuration, belowPercent, command, condition, duration, jsonPlace, percent, urlPath} from './values.ts'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_CONFIDENCE = 95
/** In points where errors are compared, in parts of what `current` has where latencies are. */
const DEFAULT_MARGIN = {errors: 1, latency: 20} as const

const limit = whole(0, 1_000_000, 'a number of answers')

/** Each entry names exactly one of the first nine. */
const checkKeys = object(
  {
    errors: maybe(about('Share of failed requests of the next release, like "< 1%".', belowPercent)),
    p50: maybe(about('Median latency of the next release, like "< 100ms".', belowDuration)),
    p95: maybe(about('Latency that 95 % of requests stay below, like "< 300ms".', belowDuration)),
    p99: maybe(about('Latency that 99 % of requests stay below, like "< 1s".', belowDuration)),
    compare: maybe(
      about(
        'The next release against the current one in the same minutes: their errors, or a quantile of their latency.',
        oneOf(['errors', 'p50', 'p95', 'p99'], 'what can be compared'),
      ),
    ),
    http: maybe(about('A GET to this path of every new instance.', urlPath)),
    command: maybe(about('A command that ends with exit code 0 while all is well.', command)),
    prometheus: maybe(
      about('A PromQL query; {service}, {release}, {mode} and {share} are filled in.', text('a PromQL query')),
    ),
    margin: maybe(
      about(
        'Of compare: how much worse the next release may be. For errors in points (1% without it), for a latency in parts of what the current one has (20% without it).',
        percent,
      ),
    ),
    confidence: maybe(about('Of compare: how sure a verdict must be. 95% without it.', percent)),
    status: maybe(about('Of http: the status that is wanted. Any 2xx without it.', whole(100, 599, 'a status'))),
    json: maybe(
      about(
        'Of http: where the value stands in the JSON of the answer, like queue.depth or nodes[0].state.',
        jsonPlace,
      ),
    ),
    success: maybe(about('What a value must be, like "< 0.5" or "== ready".', condition)),
    failure: maybe(
      about(
        'What a value must not be. With success, what is neither is inconclusive; alone, anything else is well.',
        condition,
      ),
    ),
    timeout: maybe(about('How long one answer may take. 10s without it.', duration)),
    interval: maybe(about('From one answer to the next question. 1s without it; of prometheus, 5s.', duration)),
    count: maybe(
      about('So many answers are needed for a verdict. 1 without it.', whole(1, 1_000_000, 'a number of answers')),
    ),
    failureLimit: maybe(about('So many answers may say no in one bake. 0 without it.', limit)),
    inconclusiveLimit: maybe(about('So many answers may say neither yes nor no in one bake. 0 without it.', limit)),
    consecutiveErrorLimit: maybe(
      about(
        'So many errors of the measuring may follow each other; they are no fault of the release. 4 without it.',
        limit,
      ),
    ),
    name: maybe(about('How reports call the check.', text('a name'))),
    observe: maybe(about('true watches and reports the check, and lets it decide nothing.', yesOrNo())),
    onInconclusive: maybe(
      about(
        'Where there is no verdict by the deadline: pause for a person, continue, or fail. pause without it.',
        oneOf(['pause', 'continue', 'fail'], 'what to do'),
      ),
    ),
  },
  'a check',
)

type Written = Read<typeof checkKeys>

const QUANTILES = {p50: 50, p95: 95, p99: 99} as const
const COMPARING = ['margin', 'confidence'] as const
const ASKING = ['timeout', 'interval', 'count', 'failureLimit', 'inconclusiveLimit', 'consecutiveErrorLimit'] as const
const JUDGING = ['success', 'failure'] as const

/** The keys that say what is checked, and which others each may have beside it. */
const KINDS: Readonly<Record<string, readonly (keyof Written)[]>> = {
  errors: [],
  p50: [],
  p95: [],
  p99: [],
  compare: COMPARING,
  http: [...ASKING, ...JUDGING, 'status', 'json'],
  command: [...ASKING, ...JUDGING],
  prometheus: [...ASKING, ...JUDGING],
}

const CHECK_KINDS = Object.keys(KINDS) as (keyof Written)[]
const OF_A_KIND = new Set<string>(Object.values(KINDS).flat())

/** One check of a bake. */
export const check: Shape<CheckConfig> = {
  json: () => ({...checkKeys.json(), oneOf: CHECK_KINDS.map(kind => ({required: [kind]}))}),
  read: mapped(checkKeys, checkOf).read,
}

function checkOf(written: Written, at: Reading): CheckConfig | undefined {
  const named = CHECK_KINDS.filter(kind => written[kind] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1) return refuseChecks(named, at)
  const stray = Object.keys(written).find(key => OF_A_KIND.has(key) && !KINDS[kind]?.includes(key as keyof Written))
  if (stray !== undefined) return refuse(at, `a check of ${kind} has no ${stray}`, `leave ${stray} out`)
  const body = countedOf(written) ?? askingOf(written, at)
  return body && {...termsOf(written), ...body}
}

function termsOf({name, observe, onInconclusive}: Written): CheckTerms {
  return {
    ...(name !== undefined && {name}),
    ...(observe !== undefined && {observe}),
    ...(onInconclusive !== undefined && {onInconclusive}),
  }
}

function countedOf({
  errors,
  compare,
  margin,
  confidence = DEFAULT_CONFIDENCE,
  ...rest
}: Written): CountedCheck | undefined {
  if (errors !== undefined) return {kind: 'errors', below: errors}
  if (compare === 'errors') return {kind: 'compare', of: compare, margin: margin ?? DEFAULT_MARGIN.errors, confidence}
  if (compare !== undefined)
    return {kind: 'compare', of: QUANTILES[compare], margin: margin ?? DEFAULT_MARGIN.latency, confidence}
  for (const [key, quantile] of Object.entries(QUANTILES)) {
    const belowMs = rest[key as keyof typeof QUANTILES]
    if (belowMs !== undefined) return {kind: 'latency', quantile, belowMs}
  }
  return undefined
}

function askingOf(written: Written, at: Reading): CheckConfig | undefined {
  const {http, command: words, prometheus: query, status, json} = written
  const terms = askingTermsOf(written)
  const isJudged = terms.success !== undefined || terms.failure !== undefined
  if (http !== undefined) {
    if (isJudged !== (json !== undefined)) return refuseHalf(json !== undefined, at)
    return {
      kind: 'http',
      path: http,
      ...terms,
      ...(status !== undefined && {status}),
      ...(json !== undefined && {json}),
    }
  }
  if (words) return {kind: 'command', command: words, ...terms}
  if (query === undefined) return undefined
  if (isJudged) return {kind: 'prometheus', query, ...terms}
  return isBlamed(at)
    ? undefined
    : refuse(at, 'the query has nothing to be measured by', 'say what must hold, like success: "< 0.01"')
}

function refuseHalf(hasPlace: boolean, at: Reading): undefined {
  if (isBlamed(at)) return undefined
  if (hasPlace)
    return refuse(
      at,
      'the value in the JSON has nothing to be measured by',
      'say what must hold, like success: "== ready"',
    )
  return refuse(at, 'nothing says where the value stands that must hold', 'say it, like json: queue.depth')
}

function askingTermsOf(written: Written): AskingTerms {
  const {timeout: timeoutMs = DEFAULT_TIMEOUT_MS, interval: intervalMs, count, success, failure} = written
  const {failureLimit, inconclusiveLimit, consecutiveErrorLimit} = written
  return {
    timeoutMs,
    ...(intervalMs !== undefined && {intervalMs}),
    ...(count !== undefined && {count}),
    ...(failureLimit !== undefined && {failureLimit}),
    ...(inconclusiveLimit !== undefined && {inconclusiveLimit}),
    ...(consecutiveErrorLimit !== undefined && {consecutiveErrorLimit}),
    ...(success && {success}),
    ...(failure && {failure}),
  }
}

function refuseChecks(named: readonly string[], at: Reading): undefined {
  if (named.length > 1) return refuse(at, `one check holds ${named.join(' and ')}`, 'make each an entry of its own')
  return isBlamed(at) ? undefined : refuse(at, 'the check checks nothing', `name one of ${CHECK_KINDS.join(', ')}`)
}
