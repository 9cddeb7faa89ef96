/** A command line as words, or why it cannot be one. */
export type Words = {readonly words: readonly string[]} | {readonly wrong: string}

/**
 * Splits a line into program and arguments the way people write them, with quotes and backslashes, and with nothing
 * else of a shell: what only a shell would understand is refused, since the program would get it as a plain word.
 */
export function splitWords(line: string): Words {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] as string
    if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (sign === "'" || sign === '"') {
      const end = closing(line, at)
      if (end === -1) return {wrong: `the quote ${sign} is not closed`}
      word = (word ?? '') + unescaped(line.slice(at + 1, end), sign)
      at = end
    } else if (sign === '\\') {
      if (at + 1 === line.length) return {wrong: 'nothing follows the last backslash'}
      word = (word ?? '') + line[++at]
    } else if (SHELL_ONLY.test(sign)) {
      return {wrong: `${JSON.stringify(sign)} means something to a shell only, and there is none`}
    } else word = (word ?? '') + sign
  }
  if (word !== undefined) words.push(word)
  return words[0] ? {words} : {wrong: 'no program is named'}
}

const SHELL_ONLY = /[|&;<>`$()]/

/** Where the quote that opens at `from` ends; a backslash hides a double quote only. */
function closing(line: string, from: number): number {
  const quote = line[from] as string
  for (let at = from + 1; at < line.length; at++) {
    if (quote === '"' && line[at] === '\\') at++
    else if (line[at] === quote) return at
  }
  return -1
}

function unescaped(text: string, quote: string): string {
  return quote === '"' ? text.replace(/\\(["\\])/g, '$1') : text
}
