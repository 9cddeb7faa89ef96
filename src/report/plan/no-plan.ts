import {printableDeep} from '../../core/base/printable.ts'
import type {NoPlan} from '../../core/plan/plan.ts'
import {explainText} from '../failure.ts'
import {paintOf, type Look, type Paint} from '../look.ts'
import {wrapped} from '../text/width.ts'

/** What each kind of answer says first, and what to make of it. */
export const NO_PLAN_SAID: {readonly [K in NoPlan['why']]: {readonly title: string; readonly note: string}} = {
  impossible: {title: 'no safe plan', note: 'There is no order of these releases in which nothing breaks.'},
  clash: {
    title: 'what runs now clashes already',
    note: 'No order can be safe from here; what clashes has to be settled first.',
  },
  time: {title: 'no safe plan found', note: 'That proves nothing.'},
}

/** Why there is no plan, and what would help. */
export function noPlanText(given: NoPlan, look: Look): string {
  const no = printableDeep(given)
  const paint = paintOf(look)
  const {title, note} = NO_PLAN_SAID[no.why]
  return [
    paint.bad(title),
    ...wrapped(note, look.columns),
    ...(no.text === undefined ? [] : wrapped(no.text, look.columns)),
    ...section(
      'what clashes',
      no.conflicts.map(({text}) => text),
      paint.bad('✖'),
      look,
      paint,
    ),
    ...section(
      'what would help',
      no.suggestions.map(({text}) => text),
      paint.good('→'),
      look,
      paint,
    ),
    explainText('no-safe-plan', look),
    '',
  ].join('\n')
}

function section(title: string, texts: readonly string[], mark: string, look: Look, paint: Paint): readonly string[] {
  if (texts.length === 0) return []
  const lines = texts.flatMap(text =>
    wrapped(text, look.columns - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`),
  )
  return ['', paint.strong(title), ...lines]
}
