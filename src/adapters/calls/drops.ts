import {readFile} from 'node:fs/promises'
import {isIPv6} from 'node:net'

/**
 * Datagrams that the kernel has thrown away for want of room, of the socket on this port; undefined where the system
 * does not tell.
 */
export async function droppedAt(host: string, port: number): Promise<number | undefined> {
  try {
    const table = await readFile(isIPv6(host) ? '/proc/net/udp6' : '/proc/net/udp', 'latin1')
    return dropsIn(table, port)
  } catch {
    return undefined
  }
}

/** Adds up the last column of every socket on the port: it is ours, since no two listen on one. */
export function dropsIn(table: string, port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = table.split('\n').map(line => line.trim().split(/\s+/))
  const drops = rows.filter(cells => cells[1]?.endsWith(wanted)).map(cells => Number(cells.at(-1)))
  return drops.length === 0 ? undefined : drops.reduce((sum, count) => sum + count, 0)
}
