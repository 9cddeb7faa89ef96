import {fileSchema, manifestSchema} from './schema.ts'

/** The parts of JSON Schema that our shapes make. */
interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

/** docs/reference/configuration.md: every key of both files, from the shapes that read them. */
export function configurationPage(): string {
  return [
    '# Configuration',
    '',
    'Written by `npm run docs` from the shapes that read the files: change those, not this page.',
    '',
    'For completion in an editor, put this in the first line of the file:',
    '',
    '```yaml',
    '# yaml-language-server: $schema=./node_modules/sluice/schema/sluice.schema.json',
    '```',
    '',
    'Durations are written `500ms`, `30s`, `5m`, `12h`, `7d`. Versions keep their digits without quotes. Merge keys (`<<`) and',
    'tags (`!name`) are not read; anchors and aliases are.',
    '',
    '## sluice.yaml',
    '',
    ...sections('', fileSchema()),
    '## sluice.service.yaml',
    '',
    ...sections('', manifestSchema()),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

/** A table of the keys of one mapping, then the mappings in it. */
function sections(path: string, schema: Schema): string[] {
  const properties = Object.entries(schema.properties ?? {})
  const rows = properties.map(([key, value]) => row(path, key, value, schema.required?.includes(key) ?? false))
  const title = path === '' ? [] : [`### ${path}`, '']
  const table = ['| key | value | |', '| --- | --- | --- |', ...rows, '']
  return [...title, ...table, ...properties.flatMap(([key, value]) => inner(join(path, key), value))]
}

/** Mappings whose keys are told elsewhere on the page. */
const TOLD_ALREADY: Readonly<Record<string, string>> = {
  'environments.NAME.services': 'services.NAME',
  'services.NAME.releases.NAME.run': 'services.NAME.run',
}

/** The mappings that a value is, or holds. */
function inner(path: string, schema: Schema): string[] {
  if (path in TOLD_ALREADY) return []
  if (schema.properties) return sections(path, schema)
  const {additionalProperties: each, items, anyOf = []} = schema
  return [
    ...(typeof each === 'object' ? inner(join(path, 'NAME'), each) : []),
    ...(items ? inner(`${path}[]`, items) : []),
    ...anyOf.flatMap(choice => inner(path, choice)),
  ]
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function row(path: string, key: string, schema: Schema, isRequired: boolean): string {
  const elsewhere = TOLD_ALREADY[join(path, key)]
  const said = [
    isRequired ? '**Required.**' : '',
    schema.description ?? '',
    elsewhere ? `Keys as in \`${elsewhere}\`.` : '',
  ]
  const cells = [`\`${key}\``, form(schema), said.filter(part => part !== '').join(' ')]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** What kind of value it is, in a few words. */
function form(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum) return schema.enum.map(value => `\`${String(value)}\``).join(', ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(form))].join(', or ')
  if (schema.properties) return 'a mapping'
  if (typeof schema.additionalProperties === 'object') return `by name: ${form(schema.additionalProperties)}`
  if (schema.items) return `a list: ${form(schema.items)}`
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'boolean') return '`true` or `false`'
  return schema.type === 'object' ? 'a mapping' : (schema.title ?? 'text')
}
