import {bug} from '../base/bug.ts'
import {byText} from '../base/order.ts'

/** What came of testing the green cell with some updates on top. `unresolved`: they cannot be had without others. */
export type ProbeOutcome = 'passed' | 'failed' | 'unresolved'

/** One set of updates that was tried. The list of these is all that a search has to remember. */
export interface Probe {
  readonly take: readonly string[]
  readonly outcome: ProbeOutcome
}

/** What to search in. */
export interface Search {
  /** Every update, the likeliest culprit first. With none of them the cell is green, with all of them it is red. */
  readonly updates: readonly string[]
  /** How many at the head are named in the failure, and are tried by themselves first. */
  readonly suspects: number
  /** Gives up after so many probes; the answer then is where the guilty are. */
  readonly budget: number
}

/** What a search wants, or what it found. */
export type SearchStep =
  | {readonly is: 'try'; readonly take: readonly string[]}
  | {
      readonly is: 'found'
      readonly sets: readonly (readonly string[])[]
      readonly held: readonly string[]
      readonly green: readonly string[]
    }
  | {readonly is: 'given-up'; readonly sets: readonly (readonly string[])[]; readonly suspects: readonly string[]}

/**
 * The next set to try, given all that was tried before. Nothing is remembered in between: a search that was killed is
 * carried on by asking again with the same probes.
 *
 * ```
 *   green                                          red
 *     |----------|----------|----|--|-|------------|      the shortest red prefix, by halving: its last update is guilty
 *                                     ^
 *     hold it back, try all the rest; red again? the same from here on; green: done
 * ```
 *
 * Forward from the green cell, never backward from the red one, which would accuse updates that only depend on the
 * guilty. One culprit costs about log2(n) + 2 probes.
 */
export function nextProbe(search: Search, probes: readonly Probe[]): SearchStep {
  const known = new Map<string, ProbeOutcome>([
    [keyOf([]), 'passed'],
    [keyOf(search.updates), 'failed'],
  ])
  for (const probe of probes) known.set(keyOf(probe.take), probe.outcome)
  return replay(search, known, probes.length)
}

/** Runs the search against what is known, up to the first thing that is not. */
function replay(search: Search, known: ReadonlyMap<string, ProbeOutcome>, spent: number): SearchStep {
  const progress: Progress = {sets: [], within: search.updates}
  const steps = hunt(search, progress)
  let at = steps.next()
  while (!at.done) {
    const outcome = known.get(keyOf(at.value))
    if (outcome === undefined) {
      return spent < search.budget
        ? {is: 'try', take: at.value}
        : {is: 'given-up', sets: progress.sets, suspects: progress.within}
    }
    at = steps.next(outcome)
  }
  return at.value
}

/** What a search that is given up can still tell. */
interface Progress {
  sets: (readonly string[])[]
  within: readonly string[]
}

/** Yields sets to try, and is sent what came of each. */
type Hunt<T> = Generator<readonly string[], T, ProbeOutcome>

function* hunt({updates, suspects}: Search, progress: Progress): Hunt<SearchStep> {
  const found: Culprit[] = []
  let kept = updates
  let green = 0
  let probe = suspects
  while ((yield kept) !== 'passed') {
    const edge = yield* shortestRed(kept, green, probe, progress)
    const guilty = kept.slice(edge.green, edge.red)
    const partners = yield* partnersOf(guilty, kept.slice(0, edge.green), progress)
    found.push({guilty, partners})
    progress.sets = setsOf(found)
    kept = [...kept.slice(0, edge.green), ...kept.slice(edge.red)]
    green = edge.green
    probe = 0
  }
  return yield* release(updates, found, kept)
}

/** What was held back, and what it clashes with; alone where it breaks the cell by itself. */
interface Culprit {
  /** More than one only where they cannot be had apart. */
  readonly guilty: readonly string[]
  readonly partners: readonly string[]
}

const setsOf = (found: readonly Culprit[]) => found.map(({guilty, partners}) => [...partners, ...guilty])

/**
 * The first prefix that is red although the one before is green. Halving keeps "green at the left, red at the right",
 * so the answer is true even where an update in between heals another. What cannot be resolved is stepped around;
 * where nothing in between can be, the updates between are guilty as one.
 */
function* shortestRed(
  list: readonly string[],
  from: number,
  first: number,
  progress: Progress,
): Hunt<{green: number; red: number}> {
  let green = from
  let red = list.length
  let middle = first > green && first < red ? first : halfway(green, red)
  while (red - green > 1) {
    progress.within = list.slice(green, red)
    const probed = yield* nearest(list, green, red, middle)
    if (!probed) break
    if (probed.outcome === 'passed') green = probed.at
    else red = probed.at
    middle = halfway(green, red)
  }
  progress.within = list.slice(green, red)
  return {green, red}
}

const halfway = (green: number, red: number) => green + Math.floor((red - green) / 2)

/** The prefix nearest to the middle that can be had at all, strictly between the two. */
function* nearest(
  list: readonly string[],
  green: number,
  red: number,
  middle: number,
): Hunt<{at: number; outcome: 'passed' | 'failed'} | undefined> {
  for (let away = 0; away < red - green; away++) {
    for (const at of away === 0 ? [middle] : [middle + away, middle - away]) {
      if (at <= green || at >= red) continue
      const outcome = yield list.slice(0, at)
      if (outcome !== 'unresolved') return {at, outcome}
    }
  }
  return undefined
}

/** The fewest of `others` without which the guilty ones are green: each is the last of a shortest red prefix. */
function* partnersOf(
  guilty: readonly string[],
  others: readonly string[],
  progress: Progress,
): Hunt<readonly string[]> {
  let partners: readonly string[] = []
  let left = others
  while (left.length > 0) {
    const core = [...partners, ...guilty]
    if ((yield core) === 'failed') break
    let green = 0
    let red = left.length
    while (red - green > 1) {
      const middle = halfway(green, red)
      progress.within = [...core, ...left.slice(0, red)]
      if ((yield [...left.slice(0, middle), ...core]) === 'failed') red = middle
      else green = middle
    }
    partners = [...left.slice(green, red), ...partners]
    left = left.slice(0, green)
  }
  return partners
}

/**
 * Lets go again what was held back only for a partner that is held back itself. Where the partner stays, or there is
 * none, it is known to be red and costs nothing to say.
 */
function* release(updates: readonly string[], found: readonly Culprit[], kept: readonly string[]): Hunt<SearchStep> {
  let green = new Set(kept)
  for (const {guilty, partners} of found) {
    if (partners.every(partner => green.has(partner))) continue
    const wider = new Set([...green, ...guilty])
    if ((yield inOrder(updates, wider)) === 'passed') green = wider
  }
  const held = updates.filter(update => !green.has(update))
  const guilty = found.filter(culprit => culprit.guilty.some(update => !green.has(update)))
  if (guilty.length === 0) return bug('a search that held nothing back')
  return {is: 'found', sets: setsOf(guilty), held, green: inOrder(updates, green)}
}

const inOrder = (updates: readonly string[], chosen: ReadonlySet<string>) =>
  updates.filter(update => chosen.has(update))

/** Sets are the same whatever the order in which they are written. */
function keyOf(take: readonly string[]): string {
  return JSON.stringify([...take].sort(byText))
}
