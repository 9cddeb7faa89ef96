import type {Allowance, CheckConfig} from '../config.ts'
import type {Percent} from '../../base/units.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {formed, oneOf, whole} from '../shape/scalar.ts'
import {about, mapped, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {belowDuration, belowPercent, command, duration, urlPath} from './values.ts'

const DEFAULT_CHECK_TIMEOUT_MS = 10_000

/** Each entry names exactly one of these. */
const checkKeys = object(
  {
    errors: maybe(about('Share of failed requests of the next release, like "< 1%".', belowPercent)),
    p50: maybe(about('Median latency of the next release, like "< 100ms".', belowDuration)),
    p95: maybe(about('Latency that 95 % of requests stay below, like "< 300ms".', belowDuration)),
    p99: maybe(about('Latency that 99 % of requests stay below, like "< 1s".', belowDuration)),
    http: maybe(about('A GET to this path of every new instance answers 2xx.', urlPath)),
    command: maybe(about('A command that ends with exit code 0 while all is well.', command)),
    timeout: maybe(about('How long http or command may take. 10s without it.', duration)),
  },
  'a check',
)

const QUANTILES = {p50: 50, p95: 95, p99: 99} as const

const check: Shape<CheckConfig> = {
  json: () => ({...checkKeys.json(), oneOf: CHECK_KINDS.map(kind => ({required: [kind]}))}),
  read: mapped(checkKeys, checkOf).read,
}

const CHECK_KINDS = ['errors', 'p50', 'p95', 'p99', 'http', 'command'] as const

function checkOf(written: Read<typeof checkKeys>, at: Reading): CheckConfig | undefined {
  const named = CHECK_KINDS.filter(kind => written[kind] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1) return refuseChecks(named, at)
  const {errors, http, timeout: timeoutMs = DEFAULT_CHECK_TIMEOUT_MS} = written
  if (errors !== undefined) return {kind: 'errors', below: errors}
  if (http !== undefined) return {kind: 'http', path: http, timeoutMs}
  if (written.command) return {kind: 'command', command: written.command, timeoutMs}
  return latencyOf(written)
}

function latencyOf(written: Read<typeof checkKeys>): CheckConfig | undefined {
  for (const [key, quantile] of Object.entries(QUANTILES)) {
    const belowMs = written[key as keyof typeof QUANTILES]
    if (belowMs !== undefined) return {kind: 'latency', quantile, belowMs}
  }
  return undefined
}

function refuseChecks(named: readonly string[], at: Reading): undefined {
  if (named.length > 1) return refuse(at, `one check holds ${named.join(' and ')}`, 'make each an entry of its own')
  // A key that is refused was meant to be the check, and is a finding already.
  const blamed = at.findings.some(
    ({path}) => path.length > at.path.length && at.path.every((step, index) => path[index] === step),
  )
  return blamed ? undefined : refuse(at, 'the check checks nothing', `name one of ${CHECK_KINDS.join(', ')}`)
}

const steps: Shape<readonly Percent[]> = mapped(list(whole(0, 100, 'a share'), 'shares', 1), (shares, at) => {
  const last = shares[shares.length - 1]
  if (shares.some((share, index) => index > 0 && share <= (shares[index - 1] ?? 0))) {
    return refuse(at, `the shares ${shares.join(', ')} do not rise`, 'write them ascending, like [5, 25, 50, 100]')
  }
  return last === 100 ? shares : refuse(at, `the last share is ${last}, not 100`, 'end with 100, like [5, 25, 50, 100]')
})

/** A number of instances, or a part of them like `25%`. */
const allowance: Shape<Allowance> = mapped(
  formed(/^\d{1,5}%?$/, 'a number of instances', () => 'write a number, or a part of them like "25%"'),
  (found, at) => {
    const number = Number.parseInt(found, 10)
    if (!found.endsWith('%')) return {count: number}
    return number <= 100 ? {percent: number} : refuse(at, `${JSON.stringify(found)} is more than all`, 'at most "100%"')
  },
)

export const rollout = object(
  {
    steps: maybe(
      about('Shares of the traffic that the next release gets one after the other; the last is 100.', steps),
    ),
    bake: maybe(
      about('How long each share is held while the checks hold. 60s without it, and 0 for a backend.', duration),
    ),
    checks: maybe(about('What must hold at every share.', list(check, 'checks'))),
    minRequests: maybe(
      about(
        'Fewer requests than this say nothing about errors or latency. 20 without it.',
        whole(0, 1_000_000_000, 'a number of requests'),
      ),
    ),
    surge: maybe(
      about(
        'Instances of the next release beside the current ones: full, all of them from the first share on, or proportional, as many as each share needs. full without it.',
        oneOf(['full', 'proportional'], 'a surge'),
      ),
    ),
    maxUnavailable: maybe(
      about(
        'How many instances of the next release may be missing or ill, as a number or like "25%". 0 without it.',
        allowance,
      ),
    ),
    leastHealthy: maybe(
      about(
        'Healthy instances of the next release below which it never carries traffic. 1 without it.',
        whole(1, 10_000, 'a number of instances'),
      ),
    ),
  },
  'a rollout',
)

export type WrittenRollout = Read<typeof rollout>
