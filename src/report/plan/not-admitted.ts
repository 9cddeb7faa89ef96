import {printable} from '../../core/base/printable.ts'
import type {NoPlan, Step} from '../../core/plan/plan.ts'
import {type Look, paintOf} from '../look.ts'
import {noPlanText} from './no-plan.ts'
import {stateText} from './words.ts'

/** Why a release may not go in as things stand, and what has to go first. */
export function notAdmittedText(
  release: string,
  environment: string,
  no: NoPlan,
  first: readonly Step[],
  look: Look,
): string {
  const paint = paintOf(look)
  const lines = first.map(
    ({id, from, to}) =>
      `  ${paint.name(printable(id))}  ${paint.faint(`${printable(stateText(from))} →`)} ${paint.next(printable(stateText(to)))}`,
  )
  const before = lines.length === 0 ? [] : [paint.strong('what has to go first'), ...lines, '']
  const head = `${paint.name(printable(release))} may not go into ${printable(environment)} as things stand.`
  return [head, '', noPlanText(no, look), ...before].join('\n')
}
