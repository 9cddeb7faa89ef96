import {randomUUID} from 'node:crypto'
import {dirname, isAbsolute, relative, resolve} from 'node:path'
import * as core from '@actions/core'
import {printable} from '../core/base/printable.ts'
import type {Problem} from '../core/base/failure.ts'
import {MANIFEST_NAME} from '../core/config/manifest.ts'

/**
 * Text for the log. The runner takes lines of a certain form for commands, and what is logged here comes from files and
 * tags that strangers may have written: while it is printed, the runner listens only for a word that nobody can guess.
 */
function data(text: string): void {
  const word = randomUUID()
  process.stdout.write(`::stop-commands::${word}\n${printable(text)}\n::${word}::\n`)
}

/** Lines under a heading that can be folded. */
export async function group<T>(title: string, work: (line: (text: string) => void) => Promise<T>): Promise<T> {
  return core.group(printable(title).replaceAll('\n', ' '), async () => work(data))
}

/** Where files are named from. */
export interface Places {
  /** The root of what is checked out; annotations name files from there. */
  readonly workspace: string
  /** The folder of `sluice.yaml`; repositories are named from there. */
  readonly base: string
}

export function placesIn(workspace: string, config = 'sluice.yaml'): Places {
  return {workspace, base: dirname(resolve(workspace, config))}
}

/** Every problem on the line that it is about, where that line is in this workspace. */
export function annotate(problems: readonly Problem[], kind: 'error' | 'warning', places: Places): void {
  const write = kind === 'error' ? core.error : core.warning
  for (const {file, line, column, message, hint} of problems) {
    const place = placeOf(file, places)
    const said = hint === undefined ? message : `${message}\n${hint}`
    const at = place === undefined ? {} : {file: place, startLine: line, startColumn: column}
    const text = place === undefined ? `${file}:${line}:${column}: ${said}` : said
    write(printable(text), {title: 'sluice', ...at})
  }
}

const OF_MANIFEST = new RegExp(`^(.+)@[^@]+:${MANIFEST_NAME.replaceAll('.', '\\.')}$`)

/**
 * The path of a file from the root of the workspace; undefined where it is elsewhere. A manifest is read from a tag, and
 * shown on the file that is checked out.
 */
function placeOf(file: string, {workspace, base}: Places): string | undefined {
  const repo = OF_MANIFEST.exec(file)?.[1]
  if (repo !== undefined && /^[\w+.-]+(:\/\/|@.*:)/.test(repo)) return undefined
  const way = relative(workspace, repo === undefined ? resolve(base, file) : resolve(base, repo, MANIFEST_NAME))
  return way.startsWith('..') || isAbsolute(way) ? undefined : way
}
