import {failure, type Failure} from '../../core/base/failure.ts'
import {nearest} from '../../core/config/shape/nearest.ts'

/** What oclif's errors carry, beside what an Error does. Its classes are not exported. */
interface OclifError extends Error {
  readonly oclif?: {readonly exit?: number}
  readonly flags?: readonly string[]
  readonly args?: readonly (string | {readonly name: string})[]
  readonly parse?: {readonly input?: {readonly flags?: Readonly<Record<string, unknown>>}}
}

/** An error of oclif, or of a flag that reads its own value, about the call itself, in our words; undefined for anything else. */
export function usageFailure(error: unknown): Failure | undefined {
  const value = error instanceof Error ? WRONG_VALUE.exec(error.message) : null
  if (value) return failure('usage', {message: `--${value[1]} ${value[2]}`, hint: 'see --help'})
  if (!isOclif(error)) return undefined
  const {flags, args} = error
  if (flags?.length) return unknownFlags(flags, Object.keys(error.parse?.input?.flags ?? {}))
  const names = (args ?? []).map(arg => (typeof arg === 'string' ? arg : arg.name))
  if (error.message.startsWith('Unexpected arg')) return unexpected(names)
  if (/^Missing \d+ required arg/.test(error.message)) return missing(names)
  return failure('usage', {message: sentence(error.message), hint: 'see --help'})
}

/** What oclif puts around what a flag's `parse` has thrown. */
const WRONG_VALUE = /^Parsing --(\S+) \n\t(.*)\nSee more help/s

function isOclif(error: unknown): error is OclifError {
  return error instanceof Error && 'oclif' in error
}

function unknownFlags(flags: readonly string[], known: readonly string[]): Failure {
  const near = nearest((flags[0] ?? '').replace(/^-+/, ''), known)
  const hint = near === undefined ? 'see --help' : `did you mean --${near}? --help lists every flag`
  return failure('usage', {message: `unknown flag ${flags.join(', ')}`, hint})
}

function unexpected(names: readonly string[]): Failure {
  return failure('usage', {message: `unexpected argument ${names.join(', ')}`, hint: 'see --help'})
}

function missing(names: readonly string[]): Failure {
  return failure('usage', {
    message: `missing argument ${names.map(name => name.toUpperCase()).join(', ')}`,
    hint: 'see --help',
  })
}

/** oclif's text without the colours, the headline before the list, and the pointer to help at its end. */
function sentence(message: string): string {
  const lines = message
    // oxlint-disable-next-line no-control-regex -- colours are control sequences
    .replaceAll(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .map(line => line.trim())
    .filter(
      line => line !== '' && !line.startsWith('See more help with') && !/^The following errors? occurred:/.test(line),
    )
  const text = lines.join('; ').replace(/\.$/, '')
  return text.charAt(0).toLowerCase() + text.slice(1)
}
