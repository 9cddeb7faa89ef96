/** Things by number, put together into sets that share none ("union-find", Galler and Fischer 1964). */
export interface Sets {
  readonly join: (one: number, other: number) => void
  /** The least of the set that a thing is in. */
  readonly leastWith: (thing: number) => number
}

/** At first, each of `total` things is a set of its own. */
export function disjointSets(total: number): Sets {
  const above = Int32Array.from({length: total}, (_, thing) => thing)
  const leastWith = (thing: number): number => {
    let at = thing
    while (above[at] !== at) {
      above[at] = above[above[at] as number] as number
      at = above[at] as number
    }
    return at
  }
  const join = (one: number, other: number): void => {
    const a = leastWith(one)
    const b = leastWith(other)
    if (a < b) above[b] = a
    else above[a] = b
  }
  return {join, leastWith}
}

/** The sets that these things are in, by their least, each with those of the things that it has, in their order. */
export function grouped({leastWith}: Sets, things: Iterable<number>): readonly (readonly number[])[] {
  const members = new Map<number, number[]>()
  for (const thing of things) {
    const least = leastWith(thing)
    const set = members.get(least)
    if (set) set.push(thing)
    else members.set(least, [thing])
  }
  return [...members.values()]
}
