/** Bytes as a file or a web server counts them. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

/** The first of several versions of a text that takes at most so many bytes; the last is cut off where it must be. */
export function fitted(versions: Iterable<string>, most: number): string {
  let last = ''
  for (const version of versions) {
    if (bytesOf(version) <= most) return version
    last = version
  }
  return cut(last, most)
}

const CUT = '\n\n(cut off here: there was no room for more)\n'

/** Whole lines from the beginning, as many as there is room for, and that some are missing. */
export function cut(text: string, most: number): string {
  if (bytesOf(text) <= most) return text
  const room = most - bytesOf(CUT)
  const lines: string[] = []
  let size = 0
  for (const line of text.split('\n')) {
    size += bytesOf(line) + 1
    if (size > room) break
    lines.push(line)
  }
  return lines.join('\n') + CUT
}
