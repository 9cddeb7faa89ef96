/** What HAProxy's Runtime API answers, read by header names, since columns differ between versions. */

/** One line of `show servers state`. */
export interface ServerState {
  readonly name: string
  readonly address: string
  /** The weight asked for, which is kept while the server is drained or in maintenance. */
  readonly weight: number
  /** 0: stopped, 1: starting, 2: running, 3: stopping. */
  readonly operational: number
  /** Bits; 1 is maintenance by command, 8 is drain by command. */
  readonly administrative: number
}

export const IN_MAINTENANCE = 0x01
export const DRAINED = 0x08

/** Rows of `show servers state BACKEND`; empty for an answer of another kind. */
export function readServersState(answer: string): readonly ServerState[] {
  const lines = answer.split('\n')
  const header = lines.find(line => line.startsWith('# '))
  if (!header) return []
  const names = header.slice(2).trim().split(' ')
  const column = (row: readonly string[], name: string) => row[names.indexOf(name)] ?? ''
  return lines
    .slice(lines.indexOf(header) + 1)
    .map(line => line.trim().split(' '))
    .filter(row => row.length >= names.length - 2 && row.length > 8)
    .map(row => ({
      name: column(row, 'srv_name'),
      address: `${column(row, 'srv_addr')}:${column(row, 'srv_port')}`,
      weight: Number(column(row, 'srv_uweight')),
      operational: Number(column(row, 'srv_op_state')),
      administrative: Number(column(row, 'srv_admin_state')),
    }))
}

/** A row of `show stat` by column name. */
export type StatRow = Readonly<Record<string, string>>

/** Rows of `show stat`, in HAProxy's CSV: no quoting is needed for the columns read here. */
export function readStat(answer: string): readonly StatRow[] {
  const lines = answer.split('\n').filter(line => line.trim() !== '')
  const header = lines.find(line => line.startsWith('# '))
  if (!header) return []
  const names = header.slice(2).split(',')
  return lines
    .slice(lines.indexOf(header) + 1)
    .map(line => line.split(','))
    .filter(cells => cells.length >= names.length - 1)
    .map(cells => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
}

/** The first complaint in an answer to commands that were sent with `severity-output number`; undefined where all is well. */
export function complaintIn(answer: string): string | undefined {
  const match = /\[([0-3])]: *([^\n]+)/.exec(answer)
  if (match) return match[2]?.trim()
  return /^(Permission denied|Unknown command[^\n]*)/m.exec(answer)?.[1]
}
