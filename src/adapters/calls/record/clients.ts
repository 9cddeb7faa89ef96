import {OVERFLOW, type Client} from '../../../core/usage/identity.ts'
import {one, type Cell, type Tables} from '../../state/tables.ts'

/** Names beyond this number are counted together. */
const MAX_CLIENTS = 50_000
/** Names that are looked for in one statement. */
const TOGETHER = 500

export const OVERFLOW_ID = 0

/** The numbers of these clients, given to those that have none as long as there are any left. */
export async function numbersOf(tables: Tables, clients: readonly Client[]): Promise<(client: Client) => number> {
  const wanted = new Map(clients.map(client => [keyOf(client), client]))
  const numbers = await knownOf(tables, [...wanted.values()])
  const fresh = [...wanted].filter(([key]) => !numbers.has(key)).map(([, client]) => client)
  if (fresh.length > 0) await give(tables, fresh, numbers)
  return client => numbers.get(keyOf(client)) ?? OVERFLOW_ID
}

async function knownOf(tables: Tables, clients: readonly Client[]): Promise<Map<string, number>> {
  const numbers = new Map<string, number>()
  for (const kind of new Set(clients.map(client => client.kind))) {
    const names = clients.filter(client => client.kind === kind).map(({name}) => name)
    for (let first = 0; first < names.length; first += TOGETHER) {
      const some = names.slice(first, first + TOGETHER)
      const marks = some.map(() => '?').join(', ')
      const rows = await tables.all(`SELECT id, name FROM client WHERE kind = ? AND name IN (${marks})`, kind, ...some)
      for (const {id, name} of rows) numbers.set(keyOf({kind, name: String(name)}), Number(id))
    }
  }
  return numbers
}

/** Nobody leaves, so their count is the next number; every other writer is kept out meanwhile. */
async function give(tables: Tables, fresh: readonly Client[], numbers: Map<string, number>): Promise<void> {
  const count = Number((await one(tables, 'SELECT count(*) AS count FROM client'))?.['count'])
  const all = count === 0 ? [OVERFLOW, ...fresh.filter(({kind}) => kind !== 'overflow')] : fresh
  const given = all.slice(0, Math.max(0, MAX_CLIENTS + 1 - count)).map((client, i) => ({client, id: count + i}))
  for (const {client, id} of given) numbers.set(keyOf(client), id)
  for (let first = 0; first < given.length; first += TOGETHER) {
    const some = given.slice(first, first + TOGETHER)
    await tables.run(
      `INSERT INTO client VALUES ${some.map(() => '(?, ?, ?)').join(', ')}`,
      ...some.flatMap(({client, id}): Cell[] => [id, client.kind, client.name]),
    )
  }
}

function keyOf({kind, name}: Client): string {
  return `${kind} ${name}`
}
