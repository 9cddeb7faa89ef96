import {printable} from '../core/base/printable.ts'
import {type Bump, type Change, isMore} from '../core/contract/change.ts'
import type {Honesty} from '../core/contract/honest.ts'
import {type Look, type Paint, paintOf} from './look.ts'

const MARKS: {readonly [B in Bump]: readonly [mark: string, paint: keyof Paint]} = {
  major: ['✖', 'bad'],
  minor: ['+', 'good'],
  unclear: ['?', 'warn'],
  patch: ['·', 'faint'],
  none: [' ', 'faint'],
}

/** What changed, the gravest first, and the least version that says so. */
export function changesText(changes: readonly Change[], least: Bump, look: Look): string {
  const lines = changeLines(changes, look)
  const said = least === 'none' ? 'nothing that callers could notice' : `at least a ${stepText(least)}`
  return [...lines, ...(lines.length > 0 ? [''] : []), paintOf(look).strong(said), ''].join('\n')
}

function stepText(bump: Bump): string {
  return bump === 'unclear' ? 'look at what is marked with ?: it may be a new major version' : `new ${bump} version`
}

function changeLines(changes: readonly Change[], look: Look): readonly string[] {
  const paint = paintOf(look)
  const sorted = [...changes].sort((a, b) => (a.bump === b.bump ? 0 : isMore(a.bump, b.bump) ? -1 : 1))
  return sorted.map(({bump, at, text}) => {
    const [mark, colour] = MARKS[bump]
    return `  ${paint[colour](mark)} ${printable(at)}  ${printable(text)}`
  })
}

/** One release beside the one before it. */
export interface PairShown {
  readonly contract: string
  readonly service: string
  readonly before: string
  readonly after: string
  readonly majors: readonly Honesty[]
  readonly skipped?: string
}

/** Whether releases are honest, a block each. */
export function contractsText(pairs: readonly PairShown[], look: Look): string {
  return pairs.map(pair => pairText(pair, look)).join('\n')
}

function pairText({contract, service, before, after, majors, skipped}: PairShown, look: Look): string {
  const paint = paintOf(look)
  const head = `${paint.name(printable(contract))}, ${printable(service)} ${before} → ${after}`
  const blocks = majors.flatMap(one => [verdictText(one, paint), ...changeLines(one.changes, look)])
  const none =
    majors.length === 0 && skipped === undefined ? ['  another major version: nothing has to stay as it was'] : []
  return [
    head,
    ...blocks,
    ...none,
    ...(skipped === undefined ? [] : [`  ${paint.warn('not compared:')} ${printable(skipped)}`]),
    '',
  ].join('\n')
}

function verdictText({before, after, honest, least, said}: Honesty, paint: Paint): string {
  const moved = before === after ? before : `${before} → ${after}`
  if (honest) return `  ${paint.good('honest')} ${moved}`
  const needed =
    least === 'major' ? 'callers break, so this belongs into another major version' : `it wants a new ${least} version`
  return `  ${paint.bad('not honest')} ${moved}: ${needed}, and got ${said === 'none' ? 'none' : `a ${said} one`}`
}
