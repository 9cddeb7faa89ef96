import {createHash} from 'node:crypto'
import type {Percent} from '../../../core/base/units.ts'
import type {PoolId} from '../../../ports/runtime.ts'
import {splitWeights} from '../weights.ts'

/** One pool in an upstream file. */
export interface UpstreamPool {
  readonly id: PoolId
  readonly addresses: readonly string[]
  readonly share: Percent
}

/** What one upstream file says. */
export interface Upstream {
  readonly backend: string
  readonly pools: readonly UpstreamPool[]
  /** What a client is known by, where each is to stay with one pool: `$http_x_user`. Weights share out without it. */
  readonly by?: string
}

/** Fine enough for a tenth of a point over a dozen servers; nginx itself sets no bound. */
const MAX_WEIGHT = 1000

const FACTS = '# sluice '
const FENCE = '# sluice-fence '

/** The highest number of a lease that this file has seen; 0 where it has seen none. */
export function fenceOf(text: string): number {
  const line = text.split('\n').find(candidate => candidate.startsWith(FENCE))
  return Number(line?.slice(FENCE.length) ?? 0) || 0
}

/** The same file with another number. Nothing that nginx looks at changes, so it needs no reload. */
export function withFence(text: string, fence: number): string {
  const others = text.split('\n').filter(line => !line.startsWith(FENCE))
  return fence === 0 ? others.join('\n') : [`${FENCE}${fence}`, ...others].join('\n')
}

/**
 * The file that nginx includes: an upstream, and a small server on a Unix socket that answers with the print of this
 * very file. Whoever asks there learns what the running workers have loaded, which no command of nginx tells.
 */
export function writeUpstream(upstream: Upstream, probe: string): string {
  return [
    '# Written by sluice; a change by hand is lost with the next share.',
    `${FACTS}${JSON.stringify(upstream.pools)}`,
    ...(upstream.by === undefined ? group(upstream.backend, servers(upstream.pools)) : split(upstream, upstream.by)),
    'server {',
    `  listen unix:${probe};`,
    '  access_log off;',
    `  location / { default_type text/plain; return 200 ${printOf(upstream)}; }`,
    '}',
    '',
  ].join('\n')
}

/** What a file that sluice wrote says; undefined for any other. */
export function readPools(text: string): readonly UpstreamPool[] | undefined {
  const line = text.split('\n').find(candidate => candidate.startsWith(FACTS))
  if (line === undefined) return undefined
  try {
    return JSON.parse(line.slice(FACTS.length)) as readonly UpstreamPool[]
  } catch {
    return undefined
  }
}

/** Differs whenever what is to be loaded differs. */
export function printOf(upstream: Upstream): string {
  return createHash('sha256').update(JSON.stringify(upstream)).digest('hex').slice(0, 24)
}

/** Every pool's weight for each of its servers, and the share that it amounts to, in the order of the pools. */
export function weightsOf({pools, by}: Upstream): readonly {readonly weight: number; readonly share: Percent}[] {
  if (by !== undefined) return pools.map(({share}) => ({weight: share === 0 ? 0 : 1, share: inHundredths(share)}))
  return splitWeights(
    pools.map(pool => ({servers: pool.addresses.length, share: pool.share})),
    MAX_WEIGHT,
  )
}

/** nginx knows no weight 0, and wants at least one server: `down` says both. */
function servers(pools: readonly UpstreamPool[]): readonly string[] {
  const weights = weightsOf({backend: '', pools})
  return pools.flatMap((pool, index) =>
    pool.addresses.map(address => {
      const weight = weights[index]?.weight ?? 0
      return `server ${address} ${weight === 0 ? 'down' : `weight=${weight}`};`
    }),
  )
}

/**
 * An upstream a pool, and a variable that names one of them. A client is hashed to a place between 0 and 100, and the
 * pools lie there in the order in which they came; so the part of the newest grows from the end, and who is in it stays.
 */
function split({backend, pools}: Upstream, by: string): readonly string[] {
  const name = (pool: UpstreamPool | undefined) => `${backend}-${pool ? pools.indexOf(pool) + 1 : 1}`
  const carrying = pools.filter(({share}) => share > 0)
  const last = carrying.at(-1)
  return [
    `split_clients "${by}" ${variableOf(backend)} {`,
    ...carrying.filter(pool => pool !== last).map(pool => `  ${inHundredths(pool.share)}% ${name(pool)};`),
    `  * ${name(last)};`,
    '}',
    ...(pools.length === 0 ? group(name(undefined), []) : []),
    ...pools.flatMap(pool =>
      group(
        name(pool),
        pool.addresses.map(address => `server ${address};`),
      ),
    ),
  ]
}

/** What `proxy_pass` names where clients are to stay: `$sluice_accounts`. */
export function variableOf(backend: string): string {
  return `$sluice_${backend.replace(/\W/g, '_')}`
}

function group(name: string, lines: readonly string[]): readonly string[] {
  const there = lines.length === 0 ? ['server 127.0.0.1:1 down;'] : lines
  return [`upstream ${name} {`, ...[...there, 'keepalive 64;'].map(line => `  ${line}`), '}']
}

/** The grain of `split_clients`; a share above 0 is never nothing, and one below 100 never all. */
function inHundredths(share: Percent): Percent {
  if (share === 0 || share === 100) return share
  return Math.min(99.99, Math.max(0.01, Math.round(share * 100) / 100))
}
