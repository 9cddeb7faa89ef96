import {parseDuration} from '../core/base/units.ts'
import type {Wanted} from '../core/config/config.ts'
import {parseMove} from '../core/config/wanted.ts'
import type {InputName} from './definition.ts'

/** A line that names a service and what is wanted of it. */
export interface Move {
  readonly text: string
  readonly service: string
  readonly wanted: Wanted
}

/** Reads inputs as values of a kind, and remembers what is wrong with them. */
export interface Reader {
  /** Everything that was wrong so far. */
  readonly wrong: readonly string[]
  /** Remembers one more. */
  refuse(name: InputName, text: string, why: string): void
  /** Undefined where the workflow says nothing. */
  text(name: InputName): string | undefined
  /** Lines that are not empty. */
  lines(name: InputName): readonly string[]
  yes(name: InputName): boolean
  durationMs(name: InputName): number | undefined
  moves(name: InputName, sign: '=' | '@'): readonly Move[]
  /** Lines that are one of several words. */
  words<W extends string>(name: InputName, known: readonly W[]): readonly W[]
}

/** @param given the text of an input, empty where the workflow says nothing */
export function readerOf(given: (name: InputName) => string): Reader {
  const wrong: string[] = []
  const refuse = (name: InputName, text: string, why: string) => {
    wrong.push(`${name}: ${JSON.stringify(text)} ${why}`)
  }
  const text = (name: InputName) => given(name).trim() || undefined
  const lines = (name: InputName) =>
    given(name)
      .split('\n')
      .map(line => line.trim())
      .filter(Boolean)
  return {
    wrong,
    refuse,
    text,
    lines,
    yes(name) {
      const said = text(name) ?? 'false'
      if (said !== 'true' && said !== 'false') refuse(name, said, 'is neither true nor false')
      return said === 'true'
    },
    durationMs(name) {
      const said = text(name)
      const ms = said === undefined ? undefined : parseDuration(said)
      if (said !== undefined && ms === undefined) refuse(name, said, 'is no duration such as 30s, 15m or 7d')
      return ms
    },
    moves: (name, sign) =>
      lines(name).flatMap(line => {
        const move = parseMove(line, sign)
        if (move) return [{text: line, service: move[0], wanted: move[1]}]
        refuse(name, line, `is not SERVICE${sign}VERSION`)
        return []
      }),
    words: (name, known) =>
      lines(name).flatMap(line => {
        const word = known.find(candidate => candidate === line)
        if (word !== undefined) return [word]
        refuse(name, line, `is none of ${known.join(', ')}`)
        return []
      }),
  }
}
