import {type DurationMs, parseDuration} from '../../../core/base/units.ts'
import {splitWords} from '../../../core/config/words.ts'
import type {OptionReader, Readers} from '../../options.ts'

const VERBS = ['start', 'stop', 'status'] as const

export interface WrittenCommand extends Readonly<Record<(typeof VERBS)[number], readonly string[]>> {
  readonly timeout: DurationMs
}

const words: OptionReader<readonly string[]> = {
  read(value) {
    if (typeof value === 'string') {
      const split = splitWords(value)
      return 'words' in split ? split.words : undefined
    }
    const isList = Array.isArray(value) && value.length > 0 && value.every(word => typeof word === 'string')
    return isList ? value : undefined
  },
  wants: 'program and arguments: a list, or a line without anything that only a shell understands',
}

export const COMMAND_OPTIONS: Readers<WrittenCommand> = {
  start: words,
  stop: words,
  status: words,
  timeout: {
    read: value => (typeof value === 'string' ? parseDuration(value) : undefined),
    wants: 'a duration, like 60s',
  },
}

/** All three are needed. */
export function missingVerbs(written: Readonly<Record<string, unknown>>): readonly {message: string; hint: string}[] {
  return VERBS.filter(verb => written[verb] === undefined).map(verb => ({
    message: `${verb} is missing`,
    hint: `name the command that does it: ${verb}: ops/${verb}.sh`,
  }))
}
