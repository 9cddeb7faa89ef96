import type {CallPattern, SunsetConfig} from '../config/config.ts'
import type {ContractName} from '../config/facts.ts'

/** What callers of one major are told. */
export interface Announcement {
  readonly contract: ContractName
  readonly major: number
  /** How its calls look. */
  readonly calls: CallPattern
  /** The header fields with their values: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), `Link`. */
  readonly headers: readonly {readonly name: string; readonly value: string}[]
}

/** A contract with what its file says of the end of its majors. */
export interface EndingContract {
  readonly name: ContractName
  readonly calls: CallPattern
  readonly sunset: ReadonlyMap<number, SunsetConfig>
}

export function announcements(contracts: readonly EndingContract[]): readonly Announcement[] {
  return contracts.flatMap(({name, calls, sunset}) =>
    [...sunset].map(([major, end]) => ({contract: name, major, calls, headers: headersOf(end)})),
  )
}

/** The two headers write dates in two ways: a structured field, and a date of HTTP. */
function headersOf({deprecated, sunset, link}: SunsetConfig): Announcement['headers'] {
  return [
    ...(deprecated === undefined ? [] : [{name: 'Deprecation', value: `@${Math.floor(deprecated / 1000)}`}]),
    {name: 'Sunset', value: new Date(sunset).toUTCString()},
    ...(link === undefined ? [] : [{name: 'Link', value: `<${link}>; rel="sunset"`}]),
  ]
}

/** A Perl-compatible regular expression for one major of a pattern; the balancer ignores case with it. */
export function majorRegex(calls: CallPattern, major: number): string {
  return regexOf(calls, String(major))
}

/** The same for every major, as the whole of what it stands in, with the number as its first group. */
export function everyMajorRegex(calls: CallPattern): string {
  const regex = regexOf(calls, '([0-9]+)')
  if (calls.in === 'header')
    return `^(?:.*,)?\\s*${regex.replace('(?:^|,)\\s*', '').replace('(?:[,;]|$)', '(?:[,;].*)?$')}`
  return regex.endsWith('(?:[/;]|$)')
    ? `${regex.slice(0, -'(?:[/;]|$)'.length)}(?:[/;].*)?$`
    : `${regex.replace(/\$$/, '')}.*$`
}

function regexOf(calls: CallPattern, major: string): string {
  const isPath = calls.in === 'path'
  const open = isPath && calls.pattern.endsWith('/')
  const body = (open ? calls.pattern.slice(0, -1) : calls.pattern)
    .split(/(\{major\}|\{minor\})/)
    .map(part => {
      if (part === '{major}') return calls.pattern.includes('{minor}') ? `0*${major}` : `0*${major}(?:\\.[0-9]+)*`
      return part === '{minor}' ? '[0-9]+' : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    })
    .join('')
  if (isPath) return `^${body}${open ? '(?:[/;]|$)' : ''}`
  return calls.in === 'header' ? `(?:^|,)\\s*${body}\\s*(?:[,;]|$)` : `^${body}$`
}
