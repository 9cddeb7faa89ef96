import {byText} from '../base/order.ts'
import type {Change} from './cell.ts'

/** What a search is started with: every update, the likeliest culprit first. */
export interface Lineup {
  readonly updates: readonly string[]
  /** How many at the head are named in the failure. */
  readonly suspects: number
}

/**
 * Orders updates by how likely they are to be guilty: named in what the failing tests wrote, then what the manifest
 * itself asks for, then new majors, then the rest. What is merely gone or new cannot be held back by itself.
 */
export function lineUp(changes: readonly Change[], failure: string, direct: ReadonlySet<string>): Lineup {
  const named = namesIn(failure)
  const updates = changes.filter(change => change.from !== null && change.to !== null)
  const rank = (change: Change) =>
    named.has(change.name) ? 0 : direct.has(change.name) ? (isMajor(change) ? 1 : 2) : isMajor(change) ? 3 : 4
  const sorted = [...updates].sort((a, b) => rank(a) - rank(b) || byText(a.name, b.name))
  return {
    updates: [...new Set(sorted.map(change => change.name))],
    suspects: new Set(updates.filter(change => named.has(change.name)).map(change => change.name)).size,
  }
}

/**
 * Packages whose files stand in stack traces or messages: `node_modules/<name>/`, `Cannot find module '<name>'`, and
 * `<name> is not a function`, since what is imported mostly goes by the name of its package.
 */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const match of text.matchAll(/node_modules[/\\]((?:@[\w.~-]+[/\\])?[\w.~-]+)/g)) {
    names.add((match[1] ?? '').replaceAll('\\', '/'))
  }
  for (const match of text.matchAll(/([\w$]+)(?:\.[\w$]+)* is not a (?:function|constructor)/g))
    names.add(match[1] ?? '')
  for (const match of text.matchAll(/(?:module|package) '((?:@[\w.~-]+\/)?[\w.~-]+)/g)) names.add(match[1] ?? '')
  return names
}

/** The first number differs, or with 0.x the second: what semver lets break. */
export function isMajor(change: Change): boolean {
  return leading(change.from ?? '') !== leading(change.to ?? '')
}

function leading(version: string): string {
  const [major = '', minor = ''] = version.replace(/^v/, '').split('.')
  return major === '0' ? `0.${minor}` : major
}
