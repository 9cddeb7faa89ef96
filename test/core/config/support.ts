import {expect} from 'vitest'
import type {Config} from '../../../src/core/config/config.ts'
import {parseConfig} from '../../../src/core/config/parse.ts'

export const KNOWN = {runtimes: ['process', 'docker', 'swarm'], balancers: ['embedded', 'haproxy', 'nginx']}

/** A file that must be valid. */
export function valid(text: string): Config {
  const parsed = parseConfig({file: 'sluice.yaml', text}, KNOWN)
  expect(parsed.ok ? [] : parsed.failure.problems).toEqual([])
  if (!parsed.ok) throw new Error('not valid')
  return parsed.value
}

/** The problems of a file, each as `line:column message (hint)`. */
export function problemsOf(text: string): string[] {
  const parsed = parseConfig({file: 'sluice.yaml', text}, KNOWN)
  if (parsed.ok) return []
  return (parsed.failure.problems ?? []).map(
    ({line, column, message, hint}) => `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  )
}
