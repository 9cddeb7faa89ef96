import {formatDuration} from '../core/base/units.ts'
import type {Simulated} from '../core/rollout/simulated.ts'
import {type Look, type Paint, paintOf} from './look.ts'
import {counted} from './text/count.ts'
import {padded, widest} from './text/width.ts'

/** What became of a plan in a simulated world: what was tried, what held, what a crash would leave, and the worst. */
export function simulatedText(found: Simulated, look: Look): string {
  const paint = paintOf(look)
  const {seed, schedules, crashes, tried, ended} = found
  const facts: readonly (readonly [string, string])[] = [
    ['crashes', `${crashes}: killed and stopped at every write, before and after`],
    ['at random', `${counted(schedules, 'schedule')}, seeds ${seed} to ${seed + schedules - 1}`],
    ['went wrong', countsText(tried)],
    ['ended', countsText(ended)],
    ['promises', promisesText(found, paint)],
    ...worstFacts(found),
  ]
  const width = widest(facts.map(([name]) => name))
  const lines = facts.map(([name, text]) => `${paint.faint(padded(name, width))}  ${text}`)
  return `${[...lines, ...brokenLines(found, paint), '', ...restLines(found, paint), ...unnoticedLines(found, paint)].join('\n')}\n`
}

function promisesText({broken}: Simulated, paint: Paint): string {
  if (broken.length > 0) return paint.bad('broken')
  return `${paint.good('all held')} after every act: what has traffic understands each other, shares add up, capacity stays`
}

function worstFacts({takeBack, worst}: Simulated): readonly (readonly [string, string])[] {
  const back = takeBack
    ? `a bad release had traffic for ${formatDuration(rounded(takeBack.ms))} at the most (${takeBack.pool}, ${takeBack.what})`
    : 'no release that answers errors got traffic'
  const most =
    worst && worst.processes > 1
      ? [['hardest', `${worst.processes} processes to its end (${worst.what})`] as const]
      : []
  return [['take-back', back], ...most]
}

function brokenLines({broken}: Simulated, paint: Paint): readonly string[] {
  return broken.flatMap(({what, violations}) => ['', paint.bad(`✖ ${what}`), ...violations.map(text => `  ${text}`)])
}

/** How traffic stays for each step, until somebody resumes. */
function restLines({rests}: Simulated, paint: Paint): readonly string[] {
  const width = widest(rests.map(({step}) => step))
  const lines = rests.map(({step, traffic}) => `  ${padded(step, width)}  ${traffic.join(', or ') || 'as before'}`)
  return [paint.strong('killed in the middle of a step, traffic stays so until it is resumed:'), ...lines]
}

function unnoticedLines({unnoticed}: Simulated, paint: Paint): readonly string[] {
  if (unnoticed.length === 0) return []
  const what =
    'releases that answered errors to half of the requests and kept their traffic, since no check looks at them:'
  return ['', paint.warn(what), ...unnoticed.map(pool => `  ${pool}`)]
}

function countsText(counts: {readonly [what: string]: number}): string {
  return (
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ') || 'nothing'
  )
}

/** To what is worth reading. */
function rounded(ms: number): number {
  const step = ms < 10_000 ? 10 : 1_000
  return Math.round(ms / step) * step
}
