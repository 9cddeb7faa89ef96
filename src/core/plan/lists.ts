/**
 * Lists of numbers, each with a number of its own, the same for lists that are alike: a trie (Fredkin 1960). So lists are
 * compared, and looked up, as quickly as numbers.
 */
export interface Lists {
  /** The list that has one number more at its end. */
  readonly longer: (list: number, next: number) => number
  readonly values: (list: number) => readonly number[]
}

/** The list without a number. */
export const EMPTY = 0

export function lists(): Lists {
  const following: (Map<number, number> | undefined)[] = [undefined]
  const known: number[][] = [[]]
  return {
    longer: (list, next) => {
      const longer = (following[list] ??= new Map())
      const found = longer.get(next)
      if (found !== undefined) return found
      longer.set(next, known.length)
      following.push(undefined)
      return known.push([...(known[list] as number[]), next]) - 1
    },
    values: list => known[list] as number[],
  }
}
