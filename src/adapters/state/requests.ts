import type {Request} from '../../core/rollout/request.ts'
import {Refused} from './refused.ts'
import {unknown} from './rollouts.ts'
import type {Tables} from './tables.ts'
import {one} from './tables.ts'

export async function leave(tables: Tables, environment: string, rollout: string, request: Request): Promise<void> {
  const there = await one(
    tables,
    'SELECT 1 AS there FROM rollout WHERE environment = ? AND id = ?',
    environment,
    rollout,
  )
  if (!there) throw new Refused(unknown(environment, rollout))
  const last = await one(
    tables,
    'SELECT max(seq) AS last FROM request WHERE environment = ? AND rollout = ?',
    environment,
    rollout,
  )
  await tables.run(
    'INSERT INTO request VALUES (?, ?, ?, ?, ?) ON CONFLICT (environment, rollout, id) DO NOTHING',
    environment,
    rollout,
    Number(last?.['last'] ?? 0) + 1,
    request.id,
    JSON.stringify(request),
  )
}

export async function all(tables: Tables, environment: string, rollout: string): Promise<readonly Request[]> {
  const rows = await tables.all(
    'SELECT request FROM request WHERE environment = ? AND rollout = ? ORDER BY seq',
    environment,
    rollout,
  )
  return rows.map(row => JSON.parse(String(row['request'])) as Request)
}
