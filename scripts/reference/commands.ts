import {readFileSync} from 'node:fs'

/** What is used here of oclif's manifest. */
interface Manifest {
  readonly commands: Readonly<Record<string, CommandFacts>>
}

interface CommandFacts {
  readonly id: string
  readonly hidden?: boolean
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly (string | {readonly command: string})[]
  readonly args: Readonly<
    Record<string, {readonly name: string; readonly description?: string; readonly required?: boolean}>
  >
  readonly flags: Readonly<Record<string, FlagFacts>>
}

interface FlagFacts {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly helpValue?: string
  readonly description?: string
  /** As `--help` shows it. */
  readonly default?: string | number | boolean
  readonly options?: readonly string[]
  readonly hidden?: boolean
}

/** docs/reference/commands.md, from the manifest that the build writes. */
export function commandsPage(): string {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Manifest
  const shown = Object.values(commands)
    .filter(command => !command.hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const intro = [
    '# Commands',
    '',
    'Made from the commands themselves by `npm run docs`. Every command has `--help` and `--json`; how they end is in',
    '[exit-codes.md](exit-codes.md).',
    '',
    '| command | does |',
    '|---|---|',
    ...shown.map(
      ({id, summary = ''}) => `| [\`sluice ${nameOf(id)}\`](#sluice-${id.replaceAll(':', '-')}) | ${summary} |`,
    ),
    '',
  ]
  return `${[...intro, ...shown.flatMap(commandLines)].join('\n').trimEnd()}\n`
}

function commandLines(command: CommandFacts): readonly string[] {
  const args = Object.values(command.args)
  const flags = Object.values(command.flags).filter(flag => !flag.hidden)
  return [
    `## sluice ${nameOf(command.id)}`,
    '',
    command.summary ?? '',
    '',
    ...(command.description === undefined ? [] : [command.description, '']),
    ...(args.length === 0 ? [] : ['| argument | meaning |', '|---|---|', ...args.map(argLine), '']),
    '| flag | meaning |',
    '|---|---|',
    ...flags.map(flagLine),
    '',
    '```sh',
    ...(command.examples ?? []).map(example =>
      (typeof example === 'string' ? example : example.command).replace('<%= config.bin %>', 'sluice'),
    ),
    '```',
    '',
  ]
}

function argLine({
  name,
  description = '',
  required,
}: {
  readonly name: string
  readonly description?: string
  readonly required?: boolean
}): string {
  return `| \`${name.toUpperCase()}\`${required ? '' : ' (optional)'} | ${description} |`
}

function flagLine(flag: FlagFacts): string {
  const value =
    flag.type === 'boolean' ? '' : ` ${flag.options ? flag.options.join('\\|') : (flag.helpValue ?? 'VALUE')}`
  const short = flag.char === undefined ? '' : `-${flag.char}, `
  const meaning = [(flag.description ?? '').replaceAll('|', '\\|'), ...defaultOf(flag)].join(' ')
  return `| \`${short}--${flag.name}${value}\` | ${meaning} |`
}

function defaultOf({type, default: value}: FlagFacts): readonly string[] {
  return type === 'boolean' || value === undefined || value === '' ? [] : [`[default: ${String(value)}]`]
}

function nameOf(id: string): string {
  return id.replaceAll(':', ' ')
}
