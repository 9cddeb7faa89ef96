import type {Wanted} from './config.ts'
import {RANGE} from './version.ts'

/** `latest`, `none`, a version or a range; undefined for anything else. */
export function wantedRelease(text: string): Wanted | undefined {
  if (text === 'none') return {is: 'none'}
  if (text === 'latest') return {is: 'latest'}
  return RANGE.test(text) ? {is: 'range', range: text.trim()} : undefined
}

/** What `--from` and `--to` take behind the `=`: the same, and a mode behind a colon, as in `2.0.0:v1`. */
export function parseWanted(text: string): Wanted | undefined {
  const cut = text.indexOf(':')
  const wanted = wantedRelease(cut === -1 ? text : text.slice(0, cut))
  const mode = cut === -1 ? undefined : text.slice(cut + 1)
  if (!wanted || mode === undefined) return wanted
  return wanted.is === 'none' || mode === '' ? undefined : {...wanted, mode}
}

/** A service and what is wanted of it, as `accounts=^2` or `accounts@2.0.0:v1`; undefined for anything else. */
export function parseMove(text: string, sign: '=' | '@'): readonly [service: string, wanted: Wanted] | undefined {
  const cut = text.indexOf(sign)
  const wanted = parseWanted(text.slice(cut + 1))
  return cut > 0 && wanted ? [text.slice(0, cut), wanted] : undefined
}

/** The reverse of {@link parseWanted}. */
export function formatWanted(wanted: Wanted): string {
  if (wanted.is === 'none') return 'none'
  const release = wanted.is === 'latest' ? 'latest' : wanted.range
  return wanted.mode === undefined ? release : `${release}:${wanted.mode}`
}
