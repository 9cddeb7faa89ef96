/** A table of clashes; see `bad` of a link. */
export type Table = readonly number[]

/** Tables by the ten thousand, of which there are a handful: links that clash alike share one. */
export interface Tables {
  /** A table of zeros to write on, the same one every time. */
  readonly blank: (size: number) => number[]
  /** The one that all tables like this are. */
  readonly shared: (table: Table) => Table
}

export function tables(): Tables {
  const known = new Map<number, Table>()
  let sheet: number[] = []
  return {
    blank: size => {
      if (sheet.length !== size) sheet = new Array<number>(size)
      return sheet.fill(0)
    },
    shared: table => {
      if (table.length > MOST_BITS) return [...table]
      const bits = bitsOf(table)
      const same = known.get(bits) ?? [...table]
      known.set(bits, same)
      return same
    },
  }
}

/** As many as a small number has; larger tables are rare, and get one each. */
const MOST_BITS = 29

/** The table as one number; the one before its first bit tells short tables from long ones. */
function bitsOf(table: Table): number {
  let bits = 1
  for (let cell = 0; cell < table.length; cell++) bits = bits * 2 + (table[cell] as number)
  return bits
}
