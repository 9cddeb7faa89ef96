import {describe, expect, it} from 'vitest'
import type {Catalogue} from '../../../src/adapters/library/catalogue.ts'
import {publishedElsewhere} from '../../../src/adapters/library/elsewhere.ts'
import {filesOf} from '../../../src/adapters/matrix/source.ts'

const names = async (catalogue: Catalogue, path: string, text: string, env = {}) => [
  ...(await publishedElsewhere(catalogue, filesOf(new Map([[path, text]])), env)),
]

const entry = (name: string, source: string) => `[[package]]\nname = "${name}"\nversion = "1.0.0"\n${source}\n`

describe('libraries that no public place is asked for', () => {
  it('are the crates of the repository itself, of git, and of other registries', async () => {
    const lock = [
      entry('own', ''),
      entry('serde', 'source = "registry+https://github.com/rust-lang/crates.io-index"'),
      entry('log', 'source = "sparse+https://index.crates.io/"'),
      entry('forked', 'source = "git+https://github.com/a/b#1"'),
      entry('internal', 'source = "registry+https://crates.example.org/index"'),
    ].join('\n')
    expect(await names('crates.io', 'Cargo.lock', lock)).toEqual(['own', 'forked', 'internal'])
  })

  it('are what uv and poetry have from a folder, git, or another index', async () => {
    const uv = [
      entry('own', 'source = { editable = "." }'),
      entry('requests', 'source = { registry = "https://pypi.org/simple" }'),
      entry('internal', 'source = { registry = "https://pypi.example.org/simple/" }'),
    ].join('\n')
    expect(await names('PyPI', 'uv.lock', uv)).toEqual(['own', 'internal'])
    expect(await names('PyPI', 'uv.lock', uv, {UV_DEFAULT_INDEX: 'https://pypi.example.org/simple'})).toEqual(['own'])
    const poetry = `${entry('requests', '')}\n${entry('internal', '[package.source]\ntype = "legacy"\nurl = "https://x"')}`
    expect(await names('PyPI', 'poetry.lock', poetry)).toEqual(['internal'])
  })

  it('are gems of git, folders and other servers', async () => {
    const lock = [
      'GIT\n  remote: https://github.com/a/b\n  specs:\n    forked (1.0)\n      rack (>= 2)\n',
      'PATH\n  remote: .\n  specs:\n    own (1.0)\n',
      'GEM\n  remote: https://gems.example.org/\n  specs:\n    internal (1.0)\n',
      'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (2.2.8)\n\nDEPENDENCIES\n  rack\n',
    ].join('\n')
    expect(await names('RubyGems', 'Gemfile.lock', lock)).toEqual(['forked', 'own', 'internal'])
  })

  it('are nothing of Go, which names them itself', async () => {
    expect(await names('Go', 'go.sum', 'm.org/a v1.0.0 h1:x=')).toEqual([])
  })
})
