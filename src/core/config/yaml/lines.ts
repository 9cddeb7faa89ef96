/** Turns an offset into the text into line and column, both from 1; columns count UTF-16 units, as editors do. */
export function lineFinder(text: string): (offset: number) => {line: number; column: number} {
  const starts = lineStarts(text)
  const shift = text.charCodeAt(0) === 0xfe_ff ? 1 : 0
  return offset => {
    const index = lastAtOrBefore(starts, offset)
    const column = offset - (starts[index] ?? 0) + 1
    return {line: index + 1, column: index === 0 ? Math.max(1, column - shift) : column}
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
