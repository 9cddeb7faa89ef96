import type {UsedVersion} from '../../core/usage/used.ts'
import type {Look} from '../look.ts'

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
/** Room for the dates on both sides. */
const MARGIN = 40

/** Calls by day as a row of bars, the newest days where not all have room. A single day needs no chart. */
export function dayChart(trend: UsedVersion['trend'], look: Look): readonly string[] {
  if (trend.length < 2) return []
  const shown = trend.slice(-Math.max(10, look.columns - MARGIN))
  const most = Math.max(...shown.map(({calls}) => calls))
  const bars = shown.map(({calls}) => barOf(calls, most)).join('')
  return [`${day(shown[0]!.day)} ${bars} ${day(shown.at(-1)!.day)}`]
}

/** A day without a call is a blank: nothing must look like a little. */
function barOf(calls: number, most: number): string {
  return calls === 0 ? ' ' : BARS[Math.min(BARS.length - 1, Math.floor((calls / most) * (BARS.length - 1)))]!
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
