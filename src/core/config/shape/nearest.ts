import {distance} from 'fastest-levenshtein'
import {byText} from '../../base/order.ts'

/** The name that was probably meant: so close that a slip of the hand explains it. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  const slips = Math.max(1, Math.floor(wrong.length / 3))
  let best: {name: string; away: number} | undefined
  for (const name of known) {
    if (Math.abs(name.length - wrong.length) > slips) continue
    const away = slipsBetween(wrong.toLowerCase(), name.toLowerCase())
    if (away > slips) continue
    if (!best || away < best.away || (away === best.away && byText(name, best.name) < 0)) best = {name, away}
  }
  return best?.name
}

/** Letters that are wrong; two that have changed places are one slip, as in `tset`. */
function slipsBetween(wrong: string, name: string): number {
  const first = wrong.split('').findIndex((letter, place) => letter !== name[place])
  if (first < 0) return distance(wrong, name)
  const swapped = `${wrong.slice(0, first)}${wrong.charAt(first + 1)}${wrong.charAt(first)}${wrong.slice(first + 2)}`
  return swapped === name ? 1 : distance(wrong, name)
}

const MOST_LISTED = 20

/** A hint for a name that nobody knows: the one that was probably meant, or all that there are. */
export function didYouMean(wrong: string, known: Iterable<string>, what = 'known'): string | undefined {
  const names = [...known]
  const near = nearest(wrong, names)
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`
  return names.length === 0 || names.length > MOST_LISTED ? undefined : `${what}: ${names.join(', ')}`
}
