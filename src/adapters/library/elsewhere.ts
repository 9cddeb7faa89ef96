import type {RepoFiles} from '../matrix/ecosystem.ts'
import type {Catalogue} from './catalogue.ts'
import type {Variables} from './indexes/place.ts'
import {PYPI, pypiAddress} from './indexes/pypi.ts'

/**
 * Libraries of a lock file that come from somewhere else than where their world publishes: parts of the repository
 * itself, git, folders, registries of a company. Another library of the same name may be public, and the names are
 * nobody's business.
 */
export async function publishedElsewhere(
  catalogue: Catalogue,
  files: RepoFiles,
  env: Variables,
): Promise<ReadonlySet<string>> {
  switch (catalogue) {
    case 'crates.io':
      return tomlNames(files.text('Cargo.lock'), ({source}) => typeof source !== 'string' || !CRATES_IO.test(source))
    case 'PyPI':
      return new Set([
        ...(await tomlNames(files.text('uv.lock'), ({source}) => !isPyPI(source, env))),
        ...(await tomlNames(files.text('poetry.lock'), ({source}) => source !== undefined)),
      ])
    case 'RubyGems':
      return gemsOf(files.text('Gemfile.lock') ?? '')
    default:
      return new Set()
  }
}

const CRATES_IO =
  /^(?:registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index|sparse\+https:\/\/index\.crates\.io\/)/

interface Package {
  readonly name: string
  readonly source?: unknown
}

async function tomlNames(text: string | undefined, isElsewhere: (entry: Package) => boolean): Promise<Set<string>> {
  if (text === undefined) return new Set()
  const {parse} = await import('smol-toml')
  const {package: packages = []} = parse(text) as {package?: Package[]}
  return new Set(packages.filter(isElsewhere).map(({name}) => name))
}

/** uv names the index of each library: PyPI, or the one that the user's environment has in its place. */
function isPyPI(source: unknown, env: Variables): boolean {
  if (typeof source !== 'object' || source === null || !('registry' in source)) return false
  const index = String(source.registry).replace(/\/+$/, '')
  return index === PYPI || index === pypiAddress(env)
}

/** Sections begin at the margin: one GEM for each server, and one each for what comes from git or a folder. */
function gemsOf(lock: string): ReadonlySet<string> {
  const sections = lock.split(/\n(?=[A-Z])/).filter(section => {
    if (/^(?:GIT|PATH|PLUGIN)\b/.test(section)) return true
    return (
      section.startsWith('GEM') &&
      /^ {2}remote: /m.test(section) &&
      !/^ {2}remote: https:\/\/rubygems\.org\/?$/m.test(section)
    )
  })
  return new Set(sections.flatMap(section => [...section.matchAll(/^ {4}(\S+) \(/gm)].map(([, name = '']) => name)))
}
