/**
 * Steps in waves: the earliest wave each may have, and the latest while a deadline is to be kept, held up to date while
 * orders are added and taken back. Waves count from 1.
 */
export interface Timetable {
  readonly earliest: Int32Array
  readonly latest: Int32Array
  /** Says that one step is done before another starts. False where that closes a circle or misses the deadline: undo then. */
  readonly order: (before: number, after: number) => boolean
  /** A point to come back to. */
  readonly mark: () => number
  readonly undo: (mark: number) => void
  /** The number of waves that the earliest waves come to. */
  readonly waves: () => number
  /** Sets a deadline anew, or none by Infinity; only while nothing is ordered beyond the first orders. False where it cannot be kept. */
  readonly within: (deadline: number) => boolean
}

/** A timetable of `total` steps under first orders (pairs of steps); undefined where they run in a circle. */
export function timetable(total: number, orders: readonly number[]): Timetable | undefined {
  const after = neighbours(total, orders, 0)
  const before = neighbours(total, orders, 1)
  const line = inLine(total, after, before)
  if (!line) return undefined
  const earliest = new Int32Array(total).fill(1)
  for (const step of line) each(after, step, next => raise(earliest, next, (earliest[step] as number) + 1))
  const latest = new Int32Array(total).fill(NEVER)
  const added: {after: Map<number, number[]>; before: Map<number, number[]>} = {after: new Map(), before: new Map()}
  /** Threes of what was changed: a step, the wave it had, and which; or an order's two steps. */
  const trail: number[] = []

  const order = (x: number, y: number): boolean => {
    push(added.after, x, y)
    push(added.before, y, x)
    trail.push(x, y, ORDER)
    return pushLater(x, y) && pushSooner(x, y)
  }
  const pushLater = (x: number, y: number): boolean => {
    const queue: number[] = []
    const visit = (step: number, wave: number): boolean => {
      if ((earliest[step] as number) >= wave) return true
      if (step === x || wave > (latest[step] as number)) return false
      trail.push(step, earliest[step] as number, EARLIEST)
      earliest[step] = wave
      queue.push(step)
      return true
    }
    if (!visit(y, (earliest[x] as number) + 1)) return false
    for (let head = 0; head < queue.length; head++) {
      const step = queue[head] as number
      const wave = (earliest[step] as number) + 1
      if (!every(after, step, next => visit(next, wave))) return false
      for (const next of added.after.get(step) ?? []) if (!visit(next, wave)) return false
    }
    return true
  }
  const pushSooner = (x: number, y: number): boolean => {
    if ((latest[y] as number) === NEVER) return true
    const queue: number[] = []
    const visit = (step: number, wave: number): boolean => {
      if ((latest[step] as number) <= wave) return true
      if (wave < (earliest[step] as number)) return false
      trail.push(step, latest[step] as number, LATEST)
      latest[step] = wave
      queue.push(step)
      return true
    }
    if (!visit(x, (latest[y] as number) - 1)) return false
    for (let head = 0; head < queue.length; head++) {
      const step = queue[head] as number
      const wave = (latest[step] as number) - 1
      if (!every(before, step, next => visit(next, wave))) return false
      for (const next of added.before.get(step) ?? []) if (!visit(next, wave)) return false
    }
    return true
  }
  const undo = (mark: number): void => {
    while (trail.length > mark) {
      const kind = trail.pop() as number
      const was = trail.pop() as number
      const step = trail.pop() as number
      if (kind === EARLIEST) earliest[step] = was
      else if (kind === LATEST) latest[step] = was
      else {
        added.after.get(step)?.pop()
        added.before.get(was)?.pop()
      }
    }
  }
  const within = (deadline: number): boolean => {
    latest.fill(Math.min(deadline, NEVER))
    if (deadline >= NEVER) return true
    for (const step of line.toReversed()) each(after, step, next => lower(latest, step, (latest[next] as number) - 1))
    return latest.every((wave, step) => wave >= (earliest[step] as number))
  }
  const waves = (): number => earliest.reduce((most, wave) => Math.max(most, wave), 0)
  return {earliest, latest, order, mark: () => trail.length, undo, waves, within}
}

const [ORDER, EARLIEST, LATEST] = [0, 1, 2]
const NEVER = 2 ** 30

/** For each step the steps that follow it (`side` 0) or go before it (1), in one array: starts, then ends. */
interface Neighbours {
  readonly starts: Int32Array
  readonly ends: Int32Array
}

export function neighbours(total: number, orders: readonly number[], side: 0 | 1): Neighbours {
  const {starts, pairs} = pairsBy(total, orders, side)
  return {starts, ends: pairs.map(pair => orders[2 * pair + 1 - side] as number)}
}

/** The pairs of `orders` that each step comes first in (`side` 0) or last in (1), in one array: starts, then pairs. */
export function pairsBy(total: number, orders: readonly number[], side: 0 | 1): Pairs {
  const starts = new Int32Array(total + 1)
  for (let at = side; at < orders.length; at += 2) (starts[(orders[at] as number) + 1] as number)++
  for (let step = 0; step < total; step++) (starts[step + 1] as number) += starts[step] as number
  const next = starts.slice()
  const pairs = new Int32Array(orders.length / 2)
  for (let pair = 0; pair < pairs.length; pair++) {
    const step = orders[2 * pair + side] as number
    pairs[(next[step] as number)++] = pair
  }
  return {starts, pairs}
}

interface Pairs {
  readonly starts: Int32Array
  readonly pairs: Int32Array
}

function each({starts, ends}: Neighbours, step: number, visit: (next: number) => void): void {
  for (let at = starts[step] as number; at < (starts[step + 1] as number); at++) visit(ends[at] as number)
}

function every({starts, ends}: Neighbours, step: number, visit: (next: number) => boolean): boolean {
  for (let at = starts[step] as number; at < (starts[step + 1] as number); at++)
    if (!visit(ends[at] as number)) return false
  return true
}

/** The steps in an order that keeps all orders (Kahn 1962), or undefined where they run in a circle. */
function inLine(total: number, after: Neighbours, before: Neighbours): Int32Array | undefined {
  const open = new Int32Array(total)
  const line = new Int32Array(total)
  let end = 0
  for (let step = 0; step < total; step++) {
    open[step] = (before.starts[step + 1] as number) - (before.starts[step] as number)
    if (open[step] === 0) line[end++] = step
  }
  for (let head = 0; head < end; head++) {
    each(after, line[head] as number, next => {
      if (--(open[next] as number) === 0) line[end++] = next
    })
  }
  return end === total ? line : undefined
}

function raise(waves: Int32Array, step: number, wave: number): void {
  if ((waves[step] as number) < wave) waves[step] = wave
}

function lower(waves: Int32Array, step: number, wave: number): void {
  if ((waves[step] as number) > wave) waves[step] = wave
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
