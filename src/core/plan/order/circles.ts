import {neighbours} from './timetable.ts'

/**
 * The strongly connected components of `total` things under pairs (Tarjan 1972, without recursion, for a circle may run
 * through ten thousand services): the component of each thing, and how many things each has.
 */
export interface Circles {
  readonly of: Int32Array
  readonly sizes: readonly number[]
}

export function circles(total: number, pairs: readonly number[]): Circles {
  const {starts, ends} = neighbours(total, pairs, 0)
  const of = new Int32Array(total).fill(-1)
  const found = new Int32Array(total).fill(-1)
  const low = new Int32Array(total)
  const next = starts.slice()
  const sizes: number[] = []
  const open: number[] = []
  const path: number[] = []
  let count = 0
  const enter = (thing: number): void => {
    found[thing] = low[thing] = count++
    open.push(thing)
    path.push(thing)
  }
  const close = (thing: number): void => {
    let size = 0
    for (let member = -1; member !== thing; size++) {
      member = open.pop() as number
      of[member] = sizes.length
    }
    sizes.push(size)
  }
  for (let root = 0; root < total; root++) {
    if ((found[root] as number) < 0) enter(root)
    while (path.length > 0) {
      const thing = path.at(-1) as number
      if ((next[thing] as number) < (starts[thing + 1] as number)) {
        const end = ends[(next[thing] as number)++] as number
        if ((found[end] as number) < 0) enter(end)
        else if ((of[end] as number) < 0) low[thing] = Math.min(low[thing] as number, found[end] as number)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[thing] as number)
      if (low[thing] === found[thing]) close(thing)
    }
  }
  return {of, sizes}
}
