import {CLIError} from '@oclif/core/errors'
import * as Flags from '@oclif/core/flags'
import {parseDuration} from '../../core/base/units.ts'
import {parseMove} from '../../core/config/wanted.ts'
import type {Wanted} from '../../core/config/config.ts'

/** Which environment; for commands that concern one. */
export const environment = {
  env: Flags.string({char: 'e', helpValue: 'NAME', description: 'Which environment, where the file has several.'}),
}

/** `--from` and `--to`: what a service is to be taken for, or to be brought to. */
export const wanted = Flags.custom<readonly [service: string, wanted: Wanted]>({
  helpValue: 'S=V',
  parse: async text => {
    const move = parseMove(text, '=')
    if (move) return move
    throw new CLIError(
      `${text}: write SERVICE=VERSION, with a version, a range, latest or none, and :MODE where it has modes`,
    )
  },
})

/** `30s`, `5m`; see SPEC. */
export const duration = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async text => {
    const ms = parseDuration(text)
    if (ms === undefined) throw new CLIError(`${text}: write a duration such as 500ms, 30s or 5m`)
    return ms
  },
})

/** How long to look for the best plan, where a command plans. */
export const timeLimit = {
  'time-limit': duration({
    default: 10_000,
    defaultHelp: async () => '10s',
    description: 'How long to look for the best plan.',
  }),
}

/** How long to wait for an environment that somebody else holds. */
export const lockWait = {
  'lock-wait': duration({
    default: 0,
    defaultHelp: async () => 'not at all',
    description: 'How long to wait for somebody else to finish.',
  }),
}

/** `--hook`: what a person has found out about a hook. */
export const hookSaid = Flags.custom<readonly [hook: string, said: 'done' | 'again']>({
  helpValue: 'STEP/HOOK=done|again',
  parse: async text => {
    const [, hook, said] = /^([^/]+\/.+)=(done|again)$/.exec(text) ?? []
    if (hook !== undefined && (said === 'done' || said === 'again')) return [hook, said]
    throw new CLIError(`${text}: write STEP/HOOK=done or STEP/HOOK=again, as the report of the halt says it`)
  },
})
