import {printable} from '../../core/base/printable.ts'
import type {TakenBack} from '../../core/rollout/taken-back.ts'
import {nameOf} from '../../core/rollout/taken-back.ts'
import {type Look, paintOf} from '../look.ts'

/** One release that was taken back, and what that means for a plan that tries it again. */
export function takenBackText(one: TakenBack, look: Look): string {
  const name = nameOf(one)
  const at = new Date(one.at).toISOString()
  const paint = paintOf(look)
  return [
    paint.warn(printable(`${name} was taken back in rollout ${one.rollout} at ${at}: ${one.why}`)),
    `  → apply refuses it, unless --again says otherwise or \`sluice rollout forgive ${name}\` has forgotten it`,
  ].join('\n')
}
