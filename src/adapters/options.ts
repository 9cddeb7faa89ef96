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

/** How every option of one driver is read; each may be left out. */
export type Readers<T> = {readonly [K in keyof T]: OptionReader<T[K]>}

/** What is wrong with one option, or, without a key, with what is not there. */
export interface OptionFinding {
  readonly key?: string
  /** Whether the key or its value is wrong. */
  readonly on: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

/** The options of a driver as `readers` say, or all that is wrong with them. */
export function readOptions<T extends object>(
  written: Readonly<Record<string, unknown>>,
  readers: Readers<T>,
  whose: OptionsOf,
): Result<Partial<T>> {
  const findings = findingsIn(written, readers, whose.driver)
  if (findings.length > 0)
    return fail(
      invalid(
        findings.map(found => problem(whose, found)),
        whose,
      ),
    )
  const read: Partial<T> = {}
  for (const [key, value] of Object.entries(written)) {
    const good = isKeyOf(readers, key) ? readers[key].read(value) : undefined
    if (good !== undefined && isKeyOf(readers, key)) read[key] = good
  }
  return ok(read)
}

/** Everything that is wrong with the options of a driver, each for itself. */
export function findingsIn<T extends object>(
  written: Readonly<Record<string, unknown>>,
  readers: Readers<T>,
  driver: string,
): OptionFinding[] {
  return Object.entries(written).flatMap(([key, value]): OptionFinding[] => {
    if (!isKeyOf(readers, key)) {
      const hint = didYouMean(key, Object.keys(readers), 'options')
      return [{key, on: 'key', message: `${driver} has no option ${JSON.stringify(key)}`, ...(hint && {hint})}]
    }
    if (readers[key].read(value) !== undefined) return []
    return [{key, on: 'value', message: `${key}: ${JSON.stringify(value)}`, hint: `must be ${readers[key].wants}`}]
  })
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

function problem({file, key}: OptionsOf, {message, hint}: OptionFinding): Problem {
  return {file, line: 1, column: 1, message: `${key}: ${message}`, ...(hint && {hint})}
}

function invalid(problems: readonly Problem[], {key}: OptionsOf) {
  return failure('config-invalid', {message: `the options of ${key} are wrong`, problems})
}
