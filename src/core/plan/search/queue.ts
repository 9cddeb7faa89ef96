/**
 * A priority queue for keys of which few are different, as costs are: equal keys lie on one stack, the last in on top.
 * A search that goes on from what it found last runs straight to a goal along steps of equal promise.
 */
export interface Queue {
  readonly push: (key: number, item: number) => void
  /** The least key, or Infinity. */
  readonly least: () => number
  /** An item with the least key. Only while there is one. */
  readonly pop: () => number
}

export function queue(): Queue {
  const stacks = new Map<number, number[]>()
  /** Descending, so that the least is at the end. */
  const keys: number[] = []
  const least = (): number => keys.at(-1) ?? Infinity
  return {
    push: (key, item) => {
      const stack = stacks.get(key)
      if (stack) {
        stack.push(item)
        return
      }
      stacks.set(key, [item])
      let place = keys.length
      while (place > 0 && (keys[place - 1] as number) < key) place--
      keys.splice(place, 0, key)
    },
    least,
    pop: () => {
      const key = least()
      const stack = stacks.get(key) as number[]
      const item = stack.pop() as number
      if (stack.length === 0) {
        stacks.delete(key)
        keys.pop()
      }
      return item
    },
  }
}
