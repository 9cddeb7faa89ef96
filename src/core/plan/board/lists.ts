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
  /** By list, the one without its last number, and that number. */
  const shorter: number[] = [EMPTY]
  const last: number[] = [0]
  const following: (Map<number, number> | undefined)[] = [undefined]
  return {
    longer: (list, next) => {
      const longer = (following[list] ??= new Map())
      const found = longer.get(next)
      if (found !== undefined) return found
      longer.set(next, last.length)
      following.push(undefined)
      shorter.push(list)
      return last.push(next) - 1
    },
    values: list => {
      const values: number[] = []
      for (let at = list; at !== EMPTY; at = shorter[at] as number) values.push(last[at] as number)
      return values.reverse()
    },
  }
}
