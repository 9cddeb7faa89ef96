/** Neighbours that had to move as one: where their first would be, and how many agree on it. */
interface Block {
  readonly sum: number
  readonly count: number
}

/**
 * Puts things of given heights below each other, in their order and with a gap between them, as near to where each wants
 * its middle to be as that goes: those that would overlap are shifted together, to the mean of what they want.
 */
export function spread(wanted: readonly number[], heights: readonly number[], gap: number): readonly number[] {
  const offsets = offsetsOf(heights, gap)
  const blocks: Block[] = []
  wanted.forEach((want, at) => {
    let block: Block = {sum: want - (offsets[at] ?? 0), count: 1}
    for (let above = blocks.at(-1); above && meanOf(above) >= meanOf(block); above = blocks.at(-1)) {
      block = {sum: above.sum + block.sum, count: above.count + block.count}
      blocks.pop()
    }
    blocks.push(block)
  })
  const starts = blocks.flatMap(block => Array.from({length: block.count}, () => meanOf(block)))
  return starts.map((start, at) => start + (offsets[at] ?? 0))
}

/** How far the middle of each is below the middle of the first, when all stand as close as they may. */
function offsetsOf(heights: readonly number[], gap: number): readonly number[] {
  let below = 0
  return heights.map((height, at) => (at === 0 ? 0 : (below += ((heights[at - 1] ?? 0) + height) / 2 + gap)))
}

function meanOf({sum, count}: Block): number {
  return sum / count
}
