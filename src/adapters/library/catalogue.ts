import type {Dependency} from '../../core/library/dependency.ts'
import type {Resolved} from '../../core/matrix/resolved.ts'
import type {RepoFiles} from '../matrix/ecosystem.ts'
import {packageManifest} from '../matrix/manifest.ts'
import {pomDependencies} from './pom.ts'

/** How databases of weaknesses call the world that a package manager belongs to, as OSV spells it. */
export type Catalogue = 'npm' | 'PyPI' | 'RubyGems' | 'Go' | 'crates.io' | 'Maven'

const CATALOGUES: Readonly<Record<string, Catalogue>> = {
  npm: 'npm',
  pnpm: 'npm',
  'yarn-classic': 'npm',
  'yarn-berry': 'npm',
  pip: 'PyPI',
  uv: 'PyPI',
  poetry: 'PyPI',
  bundler: 'RubyGems',
  go: 'Go',
  cargo: 'crates.io',
  maven: 'Maven',
  gradle: 'Maven',
}

/** The catalogue of a package manager, by the name of its row. */
export function catalogueOf(ecosystem: string): Catalogue | undefined {
  return CATALOGUES[ecosystem]
}

/** What the lock file holds, with what the manifest says about it. */
export async function dependenciesOf(
  catalogue: Catalogue,
  files: RepoFiles,
  resolved: Resolved,
): Promise<readonly Dependency[]> {
  const asked = await askedFor(catalogue, files)
  return [...resolved].map(([name, versions]) => {
    const found = asked?.get(plain(catalogue, name))
    return {
      name,
      versions,
      ...(asked && {direct: found !== undefined}),
      development: found === 'development',
    }
  })
}

type Asked = ReadonlyMap<string, 'runtime' | 'development'>

/** Python writes one name in several ways. */
function plain(catalogue: Catalogue, name: string): string {
  return catalogue === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name
}

/** What the service itself asks for; undefined where its manifest is not read. */
async function askedFor(catalogue: Catalogue, files: RepoFiles): Promise<Asked | undefined> {
  switch (catalogue) {
    case 'npm':
      return ofPackageJson(files)
    case 'Go':
      return ofGoMod(files)
    case 'crates.io':
      return ofCargo(files)
    case 'RubyGems':
      return ofGemfileLock(files)
    case 'Maven':
      return files.has('pom.xml') ? ofPom(files) : undefined
    default:
      return undefined
  }
}

function ofPackageJson(files: RepoFiles): Asked | undefined {
  const manifest = packageManifest(files)
  if (!manifest) return undefined
  const development = Object.keys(manifest.devDependencies ?? {}).map(name => [name, 'development'] as const)
  const runtime = Object.keys({...manifest.dependencies, ...manifest.optionalDependencies})
  return new Map<string, 'runtime' | 'development'>([
    ...development,
    ...runtime.map(name => [name, 'runtime'] as const),
  ])
}

/** `require` lines without the remark that something else asks for it. */
function ofGoMod(files: RepoFiles): Asked | undefined {
  const text = files.text('go.mod')
  if (text === undefined) return undefined
  const lines = text.split(/\r?\n/).filter(line => !line.includes('// indirect'))
  const names = lines.flatMap(line => /^\s*(?:require\s+)?(\S+\.\S+)\s+v\d/.exec(line)?.[1] ?? [])
  return new Map(names.map(name => [name, 'runtime'] as const))
}

async function ofCargo(files: RepoFiles): Promise<Asked | undefined> {
  const text = files.text('Cargo.toml')
  if (text === undefined) return undefined
  const {parse} = await import('smol-toml')
  const {dependencies = {}, 'dev-dependencies': development = {}} = parse(text) as Record<string, object | undefined>
  return new Map<string, 'runtime' | 'development'>([
    ...Object.keys(development).map(name => [name, 'development'] as const),
    ...Object.keys(dependencies).map(name => [name, 'runtime'] as const),
  ])
}

async function ofPom(files: RepoFiles): Promise<Asked> {
  const asked = await pomDependencies(files)
  return new Map(
    asked.map(({groupId, artifactId, scope}) => [
      `${groupId}:${artifactId}`,
      scope === 'test' ? 'development' : 'runtime',
    ]),
  )
}

/** The last section of Gemfile.lock: `  name (~> 1.2)`, with `!` where it is pinned to a source. */
function ofGemfileLock(files: RepoFiles): Asked | undefined {
  const section = /^DEPENDENCIES\r?\n((?: {2}.*\r?\n?)*)/m.exec(files.text('Gemfile.lock') ?? '')?.[1]
  if (section === undefined) return undefined
  const names = section.split(/\r?\n/).flatMap(line => /^ {2}([^\s!(]+)/.exec(line)?.[1] ?? [])
  return new Map(names.map(name => [name, 'runtime'] as const))
}
