import {failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {didYouMean} from '../core/config/shape/nearest.ts'

/** How one option is read. */
export interface OptionReader<T> {
  /** `undefined` for what it is not. */
  readonly read: (value: unknown) => T | undefined
  /** What would be right, for the hint. */
  readonly wants: string
}

/** The options of a driver as `readers` say, every one of which may be left out, or all that is wrong with them. */
export function readOptions<T extends object>(
  written: Readonly<Record<string, unknown>>,
  readers: {readonly [K in keyof T]: OptionReader<T[K]>},
  whose: OptionsOf,
): Result<Partial<T>> {
  const problems: Problem[] = []
  const read: Partial<T> = {}
  for (const [key, value] of Object.entries(written)) {
    if (!isKeyOf(readers, key)) {
      problems.push(
        problem(whose, `${whose.driver} has no option ${JSON.stringify(key)}`, didYouMean(key, Object.keys(readers))),
      )
      continue
    }
    const good = readers[key].read(value)
    if (good === undefined)
      problems.push(problem(whose, `${key}: ${JSON.stringify(value)}`, `must be ${readers[key].wants}`))
    else read[key] = good
  }
  return problems.length === 0 ? ok(read) : fail(invalid(problems, whose))
}

/** Whom the options are for, and where they stand. */
export interface OptionsOf {
  readonly driver: string
  readonly file: string
  /** `environments.production.runtime`. */
  readonly key: string
}

export const listOfNames: OptionReader<readonly string[]> = {
  read: value => (isListOfText(value) ? value : undefined),
  wants: 'a list of names',
}

/** In bytes. */
export const size: OptionReader<number> = {
  read(value) {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/.exec(String(value)) ?? []
    return digits && unit ? Number(digits) * UNITS[unit as keyof typeof UNITS] : undefined
  },
  wants: 'a size, like 10MB (kB, MB, GB)',
}

const UNITS = {kB: 1e3, MB: 1e6, GB: 1e9} as const

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function isKeyOf<T extends object>(values: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(values, key)
}

function problem({file, key}: OptionsOf, message: string, hint: string | undefined): Problem {
  return {file, line: 1, column: 1, message: `${key}: ${message}`, ...(hint && {hint})}
}

function invalid(problems: readonly Problem[], {key}: OptionsOf) {
  return failure('config-invalid', {message: `the options of ${key} are wrong`, problems})
}
