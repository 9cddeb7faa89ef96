import {distance} from 'fastest-levenshtein'

/**
 * The known name of which the wrong one is almost certainly a slip of the hand: one word of it a letter or two off, or
 * only its hyphens. Much stricter than {@link nearest}, since a file is refused over it: `grid-1` is no slip of
 * `grid-2`, nor is `replica-a` one of `replica-b`.
 */
export function slipOf(wrong: string, known: Iterable<string>): string | undefined {
  for (const name of known) if (Math.abs(name.length - wrong.length) <= MOST_LETTERS && isSlip(wrong, name)) return name
  return undefined
}

const MOST_LETTERS = 2
const SHORTEST_WORD = 4

function isSlip(wrong: string, name: string): boolean {
  const [words, others] = [wrong.split(SEPARATORS), name.split(SEPARATORS)]
  if (words.join('') === others.join('')) return true
  if (words.length !== others.length) return false
  const different = words.flatMap((word, index) =>
    word === others[index] ? [] : [[word, others[index] ?? ''] as const],
  )
  const [pair] = different
  return pair !== undefined && different.length === 1 && isSlipOfWord(...pair)
}

const SEPARATORS = /[-_./@]/

function isSlipOfWord(wrong: string, word: string): boolean {
  const shorter = Math.min(wrong.length, word.length)
  if (shorter < SHORTEST_WORD || digitsOf(wrong) !== digitsOf(word)) return false
  return distance(wrong, word) <= (shorter < 2 * SHORTEST_WORD ? 1 : MOST_LETTERS)
}

/** Numbers are never slips: they count things. */
function digitsOf(word: string): string {
  return word.replaceAll(/\D/g, '')
}
