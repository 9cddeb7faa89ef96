import type {CallPattern} from '../config/config.ts'

/** The version in one text, or null where the pattern does not fit. */
export interface Version {
  readonly major: number
  /** Where the text tells it. */
  readonly minor: number | null
}

/** A pattern that is ready to be asked. */
export interface Matcher {
  /** The version in a path, a header's value or a query's value. */
  read(text: string): Version | null
  /** Does this path, or this method, belong to the contract, whatever version it names, or none? */
  concerns(path: string): boolean
}

/** Digits, with zeros in front: `v01` reaches whoever answers to `v1`, or nobody. */
const NUMBER = '0*(\\d{1,9})'

/**
 * `{major}` stands for a number, `{minor}` for the next; a minor that follows at once, as in `v1.2`, is seen unasked.
 * Case does not count: a server that minds it answers 404, and counting that call is the careful choice.
 */
export function matcherOf(calls: CallPattern): Matcher {
  return calls.in === 'path' || calls.in === 'rpc' ? prefixMatcher(calls.pattern) : valueMatcher(calls.pattern)
}

/**
 * Matches from the front; a slash at the end of the pattern also stands for the end of the path. The pattern
 * `/api/v{major}/` concerns all below `/api/`; the gRPC pattern `/acme.bank.v{major}.` all of `/acme.bank.`.
 */
function prefixMatcher(pattern: string): Matcher {
  const open = pattern.endsWith('/')
  const body = source(open ? pattern.slice(0, -1) : pattern)
  const end = open ? '(?:[/;]|$)' : pattern.endsWith('}') ? '(?![0-9a-z])' : ''
  const regexp = new RegExp(`^${body}${end}`, 'i')
  const before = pattern.slice(0, Math.max(0, pattern.indexOf('{')))
  const family = before.slice(0, Math.max(before.lastIndexOf('/'), before.lastIndexOf('.')) + 1).toLowerCase()
  return {
    read: path => versionIn(regexp.exec(path)),
    concerns: path => `${path.toLowerCase()}/`.startsWith(family),
  }
}

/**
 * Matches one element of a header's list, or a query's value. Parameters such as `;q=0.9` count only where the pattern
 * has one. Of several versions the lowest counts: the question is who still asks for the old one.
 */
function valueMatcher(pattern: string): Matcher {
  const regexp = new RegExp(`^${source(tight(pattern))}$`, 'i')
  const parametered = pattern.includes(';')
  const elements = (text: string) => text.split(',').map(part => tight(parametered ? part : (part.split(';')[0] ?? '')))
  const versions = (text: string) =>
    elements(text)
      .map(element => versionIn(regexp.exec(element)))
      .filter(version => version !== null)
  return {
    read: text => versions(text).sort((a, b) => a.major - b.major)[0] ?? null,
    concerns: () => true,
  }
}

function tight(text: string): string {
  return text.replaceAll(/\s*;\s*/g, ';').trim()
}

function source(pattern: string): string {
  const hasMinor = pattern.includes('{minor}')
  return pattern
    .split(/(\{major\}|\{minor\})/)
    .map(part => {
      if (part === '{major}')
        return hasMinor ? `(?<major>${NUMBER})` : `(?<major>${NUMBER})(?:\\.(?<minor>\\d{1,9})(?:\\.\\d+)*)?`
      if (part === '{minor}') return `(?<minor>${NUMBER})`
      return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    })
    .join('')
}

function versionIn(match: RegExpExecArray | null): Version | null {
  if (!match?.groups?.['major']) return null
  const minor = match.groups['minor']
  return {major: Number(match.groups['major']), minor: minor === undefined ? null : Number(minor)}
}
