import type {Counters} from '../../../ports/balancer.ts'
import type {RememberedPool} from './memory.ts'
import type {Survey} from './survey.ts'

/**
 * What HAProxy counted for a pool's servers. Answers are told by their class; a request that a server took and did not
 * answer is in `econ` or `eresp`. HAProxy keeps no histogram of latencies, so none is made up.
 */
export function countersOf(pool: RememberedPool, seen: Survey): Counters {
  const names = new Set(pool.servers.map(server => server.name))
  const rows = seen.servers.filter(server => names.has(server.name)).map(server => server.stat)
  const sum = (...columns: readonly string[]) =>
    rows.reduce((total, row) => total + columns.reduce((part, column) => part + Number(row[column] || 0), 0), 0)
  const unanswered = sum('econ', 'eresp')
  return {
    epoch: `${seen.epoch}#${pool.set}`,
    requests: sum('hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other') + unanswered,
    errors: sum('hrsp_5xx') + unanswered,
    latency: [],
  }
}
