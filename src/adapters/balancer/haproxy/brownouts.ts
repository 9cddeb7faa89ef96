import {ok, type Result} from '../../../core/base/result.ts'
import type {Balancer, Gone, RoutedService} from '../../../ports/balancer.ts'
import type {Clock} from '../../../ports/clock.ts'
import type {SplitMap} from './split-map.ts'

/**
 * A HAProxy that answers 410 by a map: `accounts-api@1` has the share, `accounts-api@1:until` the second at which its
 * front end ends it by itself. `sluice usage template haproxy` writes the lines that read it.
 */
export function withBrownouts(balancer: Balancer, map: SplitMap, clock: Clock): Balancer {
  async function goneNow(service: RoutedService): Promise<Result<readonly Gone[]>> {
    const entries = await map.all()
    if (!entries.ok) return entries
    const mine = new Set(service.calls?.map(({contract}) => contract))
    const all = [...entries.value].flatMap(([key, value]) => {
      const [, contract = '', major = ''] = /^(.+)@(\d+)$/.exec(key) ?? []
      const until = 1000 * Number(entries.value.get(`${key}:until`) ?? 0)
      return mine.has(contract) && until > clock.now() ? [{contract, major: Number(major), share: Number(value)}] : []
    })
    return ok(all.filter(({share}) => share > 0))
  }

  return {
    ...balancer,
    can: new Set([...balancer.can, 'brownout']),
    async read(service) {
      const seen = await balancer.read(service)
      if (!seen.ok) return seen
      const gone = await goneNow(service)
      return gone.ok ? ok({...seen.value, gone: gone.value}) : gone
    },
    async brownOut(service, {contract, major, share}, until) {
      // Whoever was taken over is refused here.
      const seen = await balancer.read(service)
      if (!seen.ok) return seen
      const key = `${contract}@${major}`
      const ends = await map.write(`${key}:until`, share === 0 ? 0 : Math.ceil(until / 1000))
      return ends.ok ? map.write(key, share) : ends
    },
  }
}
