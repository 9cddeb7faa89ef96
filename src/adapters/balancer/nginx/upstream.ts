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
    `upstream ${upstream.backend} {`,
    ...servers(upstream.pools).map(line => `  ${line}`),
    '  keepalive 64;',
    '}',
    'server {',
    `  listen unix:${probe};`,
    '  access_log off;',
    `  location / { default_type text/plain; return 200 ${printOf(upstream)}; }`,
    '}',
    '',
  ].join('\n')
}

/** What a file that sluice wrote says; undefined for any other. */
export function readUpstream(backend: string, text: string): Upstream | undefined {
  const line = text.split('\n').find(candidate => candidate.startsWith(FACTS))
  if (line === undefined) return undefined
  try {
    return {backend, pools: JSON.parse(line.slice(FACTS.length)) as readonly UpstreamPool[]}
  } catch {
    return undefined
  }
}

/** Differs whenever what is to be loaded differs. */
export function printOf(upstream: Upstream): string {
  return createHash('sha256').update(JSON.stringify(upstream)).digest('hex').slice(0, 24)
}

/** Every server's weight, in the order of the pools. */
export function weightsOf(
  pools: readonly UpstreamPool[],
): readonly {readonly weight: number; readonly share: Percent}[] {
  return splitWeights(
    pools.map(pool => ({servers: pool.addresses.length, share: pool.share})),
    MAX_WEIGHT,
  )
}

/** nginx knows no weight 0, and wants at least one server: `down` says both. */
function servers(pools: readonly UpstreamPool[]): readonly string[] {
  const weights = weightsOf(pools)
  const lines = pools.flatMap((pool, index) =>
    pool.addresses.map(address => {
      const weight = weights[index]?.weight ?? 0
      return `server ${address} ${weight === 0 ? 'down' : `weight=${weight}`};`
    }),
  )
  return lines.length === 0 ? ['server 127.0.0.1:1 down;'] : lines
}
