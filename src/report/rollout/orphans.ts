import {printable} from '../../core/base/printable.ts'
import type {Orphan} from '../../core/rollout/orphans.ts'
import {type Look, paintOf} from '../look.ts'

/** What no record explains, a line each. */
export function orphansText(orphans: readonly Orphan[], look: Look): string {
  const paint = paintOf(look)
  return orphans
    .map(({service, pool, addresses, share}) => {
      const where = addresses.length === 0 ? 'only in the balancer' : addresses.join(' ')
      const traffic = share === null ? 'not in the balancer' : `${share} % of the traffic`
      return `${paint.warn(printable(`${service} ${pool}`))}  ${traffic}  ${paint.faint(printable(where))}\n`
    })
    .join('')
}
