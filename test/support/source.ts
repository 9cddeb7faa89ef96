import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {parseSync, Visitor} from 'oxc-parser'

/** One file of `src`, as the test that keeps the house tidy sees it. */
export interface SourceFile {
  /** Below `src`, with slashes. */
  readonly path: string
  readonly text: string
  /** Every import and re-export, types and `import()` included. */
  readonly imports: readonly Import[]
  /** What it reaches for of the world, e.g. `process`, `Date.now`, `shell: true`. */
  readonly uses: ReadonlySet<string>
}

export interface Import {
  /** A package, or a path below `src`. */
  readonly from: string
  readonly isRelative: boolean
  readonly names: readonly string[]
}

/** Reads and parses every TypeScript file of `src`. */
export function readSource(root = 'src'): readonly SourceFile[] {
  return readdirSync(root, {recursive: true, encoding: 'utf8'})
    .filter(path => path.endsWith('.ts'))
    .sort()
    .map(path => sourceFile(root, path.replaceAll('\\', '/')))
}

function sourceFile(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return {path, text, ...parsed(path, text)}
}

function parsed(path: string, text: string): Pick<SourceFile, 'imports' | 'uses'> {
  const {program, module, errors} = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const place = (from: string, names: readonly string[]): Import => {
    const isRelative = from.startsWith('.')
    return {from: isRelative ? relative('.', join(dirname(path), from)) : from, isRelative, names}
  }
  const dynamic = module.dynamicImports.map(({moduleRequest: {start, end}}) =>
    text.slice(start, end).replace(/^['"]|['"]$/g, ''),
  )
  const imports = [
    ...module.staticImports.map(found =>
      place(
        found.moduleRequest.value,
        found.entries.map(entry => entry.importName.name ?? '*'),
      ),
    ),
    ...module.staticExports
      .flatMap(found => found.entries)
      .flatMap(entry =>
        entry.moduleRequest ? [place(entry.moduleRequest.value, [entry.importName.name ?? '*'])] : [],
      ),
    ...dynamic.map(from => place(from, ['*'])),
  ]
  return {imports, uses: usesOf(program, text)}
}

/** What a pure file has no business with. */
const GLOBALS = new Set([
  'process',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'globalThis',
  'performance',
  'crypto',
  'require',
])

function usesOf(program: Parameters<Visitor['visit']>[0], text: string): ReadonlySet<string> {
  const uses = new Set<string>()
  // The name of a member, as in `plan.process`, is a word of ours and not the global of that name.
  const members = new Set<object>()
  const member = (node: {readonly key: object; readonly computed: boolean}) => {
    if (!node.computed) members.add(node.key)
  }
  new Visitor({
    Identifier: node => {
      if (GLOBALS.has(node.name) && !members.has(node)) uses.add(node.name)
    },
    MemberExpression: node => {
      if (!node.computed) members.add(node.property)
      const of = node.object.type === 'Identifier' ? node.object.name : ''
      const name = node.property.type === 'Identifier' ? node.property.name : ''
      if (['Date.now', 'Math.random'].includes(`${of}.${name}`)) uses.add(`${of}.${name}`)
    },
    NewExpression: node => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        uses.add('new Date()')
    },
    CallExpression: node => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date') uses.add('Date()')
    },
    Property: node => {
      member(node)
      if (node.key.type !== 'Identifier' || node.key.name !== 'shell') return
      // An argument of a command may be the name of a shell.
      if (text.startsWith('Args.', node.value.start)) return
      if (node.value.type !== 'Literal' || node.value.value !== false) uses.add('shell: true')
    },
    PropertyDefinition: member,
    MethodDefinition: member,
    TSPropertySignature: member,
    TSMethodSignature: member,
  }).visit(program)
  return uses
}
