import type {KnownNames} from '../../app/names.ts'

/** What oclif's manifest says of a command, as far as it helps whoever types. */
export interface CommandFacts {
  readonly id: string
  readonly hidden?: boolean
  readonly summary?: string | undefined
  readonly args: Readonly<Record<string, ArgumentFacts>>
  readonly flags: Readonly<Record<string, FlagFacts>>
}

interface ArgumentFacts {
  readonly name: string
  readonly options?: readonly string[]
}

interface FlagFacts {
  readonly name: string
  readonly type: 'boolean' | 'option'
  readonly hidden?: boolean
  readonly char?: string
  readonly description?: string | undefined
  readonly multiple?: boolean
  readonly options?: readonly string[]
  readonly helpValue?: string | readonly string[]
}

/** One word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string
  readonly says: string
}

/** What may stand there, and whether the name of a file may. */
export interface Candidates {
  readonly words: readonly Candidate[]
  readonly files: boolean
}

const NOTHING: Candidates = {words: [], files: false}

/**
 * What may stand where the cursor is.
 * @param typed every word after `sluice` up to the cursor; the last is the one that is being typed, empty after a blank
 */
export function candidatesFor(
  typed: readonly string[],
  commands: readonly CommandFacts[],
  known: KnownNames,
): Candidates {
  const words = withoutSigns(typed)
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const shown = commands.filter(command => !command.hidden)
  const command = commandOf(before, shown)
  const next = nextWords(before, shown)
  if (!command) return {words: next, files: false}
  const value = valueWanted(command, before.at(-1), current)
  if (value) return valuesOf(value, known)
  if (current.startsWith('-')) return {words: flagsOf(command, before), files: false}
  const values = argumentsOf(command, before, known)
  return {words: [...next, ...values.words], files: values.files}
}

/** bash hands `--env=prod` on as three words. */
function withoutSigns(typed: readonly string[]): readonly string[] {
  const words = typed.filter(word => word !== '=')
  return typed.at(-1) === '=' ? [...words, ''] : words
}

/** The command whose name stands at the beginning, the longest. */
function commandOf(before: readonly string[], commands: readonly CommandFacts[]): CommandFacts | undefined {
  return commands
    .filter(({id}) => id.split(':').every((part, index) => before[index] === part))
    .sort((a, b) => b.id.length - a.id.length)[0]
}

/** The words with which a command's name may go on. */
function nextWords(before: readonly string[], commands: readonly CommandFacts[]): readonly Candidate[] {
  const found = new Map<string, Candidate>()
  for (const {id, summary = ''} of commands) {
    const parts = id.split(':')
    const word = parts[before.length]
    if (word === undefined || !before.every((given, index) => parts[index] === given)) continue
    const isWhole = parts.length === before.length + 1
    if (isWhole || !found.has(word)) found.set(word, {word, says: isWhole ? summary : ''})
  }
  return [...found.values()]
}

/** The flag whose value is being typed, if one is. */
function valueWanted(command: CommandFacts, previous: string | undefined, current: string): FlagFacts | undefined {
  const written = /^(--[^=]+)=/.exec(current)?.[1] ?? previous
  const named = Object.values(command.flags).find(
    ({name, char}) => written === `--${name}` || (char !== undefined && written === `-${char}`),
  )
  return named?.type === 'option' ? named : undefined
}

const SERVICES = new Set(['S=V', 'SERVICE'])

function valuesOf({name, options, helpValue}: FlagFacts, {environments, services}: KnownNames): Candidates {
  if (options) return {words: options.map(plain), files: false}
  if (name === 'env') return {words: environments.map(plain), files: false}
  if (helpValue === 'FILE') return {words: [], files: true}
  if (!SERVICES.has(String(helpValue))) return NOTHING
  return {words: services.map(service => plain(helpValue === 'S=V' ? `${service}=` : service)), files: false}
}

/** The flags that are not there yet, or may be there again. */
function flagsOf(command: CommandFacts, before: readonly string[]): readonly Candidate[] {
  return Object.values(command.flags)
    .filter(({name, hidden, multiple}) => !hidden && (multiple || !before.includes(`--${name}`)))
    .map(({name, description = ''}) => ({word: `--${name}`, says: description}))
}

/** A release is named by its service first. */
const OF_SERVICES: Readonly<Record<string, string>> = {service: '', release: '@'}

function argumentsOf(command: CommandFacts, before: readonly string[], known: KnownNames): Candidates {
  const given = before.slice(command.id.split(':').length).filter(word => !word.startsWith('-'))
  const all = Object.values(command.args)
  const argument = all[Math.min(given.length, all.length - 1)]
  if (!argument) return NOTHING
  if (argument.options) return {words: argument.options.map(plain), files: false}
  const sign = OF_SERVICES[argument.name]
  if (sign !== undefined) return {words: known.services.map(name => plain(name + sign)), files: false}
  return {words: [], files: argument.name === 'file'}
}

function plain(word: string): Candidate {
  return {word, says: ''}
}
