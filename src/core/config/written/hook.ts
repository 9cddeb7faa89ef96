import type {HookConfig} from '../config.ts'
import {either} from '../shape/either.ts'
import {maybe, object} from '../shape/object.ts'
import type {NameRule} from '../shape/record.ts'
import {record} from '../shape/record.ts'
import {yesOrNo} from '../shape/scalar.ts'
import {about, mapped, type Shape} from '../shape/shape.ts'
import {command, duration} from './values.ts'

const DEFAULT_TIMEOUT_MS = 600_000

/** When a hook of a step is run: `expand` and `before` before it, `contract` and `after` after it, `back` when it was taken back. */
export const HOOK_POINTS = ['expand', 'before', 'contract', 'after', 'back'] as const

export const HOOK_NAME: NameRule = {
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$/,
  hint: () => `write ${HOOK_POINTS.join(', ')}, or the name that a server gives to invalidate`,
  what: 'a name for a hook',
}

const keys = object(
  {
    command: about(
      'Program and arguments; run in the checkout of the release, or in the folder of this file.',
      command,
    ),
    timeout: maybe(about('How long it may take. 10m without it.', duration)),
    idempotent: maybe(
      about('true: where nobody knows whether it has run, run it again instead of asking a person.', yesOrNo()),
    ),
  },
  'a hook with a command',
)

const alone: Shape<HookConfig> = mapped(command, words => ({
  command: words,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  idempotent: false,
}))

const whole: Shape<HookConfig> = mapped(keys, ({command: words, timeout = DEFAULT_TIMEOUT_MS, idempotent = false}) => ({
  command: words,
  timeoutMs: timeout,
  idempotent,
}))

/** Hooks by the point at which they are run. */
export const hooks = record(
  HOOK_NAME,
  either({text: alone, list: alone, map: whole}, 'a command, or a hook with a command'),
)
