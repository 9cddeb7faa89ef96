import {describe, expect, it} from 'vitest'
import {type Catalogue, dependenciesOf} from '../../../src/adapters/library/catalogue.ts'
import {readPom} from '../../../src/adapters/library/pom.ts'
import {filesOf} from '../../../src/adapters/matrix/source.ts'
import {resolvedOf} from '../../../src/core/matrix/resolved.ts'

/** What is said of the libraries `a`, `b` and `c`. */
async function said(catalogue: Catalogue, path: string, text: string, names = ['a', 'b', 'c']) {
  const resolved = resolvedOf(names.map(name => [name, '1.0.0'] as const))
  const found = await dependenciesOf(catalogue, filesOf(new Map([[path, text]])), resolved)
  return found.map(({direct, development}) =>
    direct === undefined ? '?' : development ? 'dev' : direct ? 'direct' : '-',
  )
}

describe('what a service asks for itself', () => {
  it('stands in package.json', async () => {
    const manifest = {dependencies: {a: '^1'}, devDependencies: {b: '^1'}}
    expect(await said('npm', 'package.json', JSON.stringify(manifest))).toEqual(['direct', 'dev', '-'])
  })

  it('stands in go.mod, without what is indirect', async () => {
    const text = 'module m\n\nrequire a.com/a v1.0.0\nrequire (\n\ta.com/b v1.0.0\n\ta.com/c v1.0.0 // indirect\n)\n'
    expect(await said('Go', 'go.mod', text, ['a.com/a', 'a.com/b', 'a.com/c'])).toEqual(['direct', 'direct', '-'])
  })

  it('stands in Cargo.toml', async () => {
    expect(await said('crates.io', 'Cargo.toml', '[dependencies]\na = "1"\n[dev-dependencies]\nb = "1"\n')).toEqual([
      'direct',
      'dev',
      '-',
    ])
  })

  it('stands at the end of Gemfile.lock', async () => {
    const text = 'GEM\n  specs:\n    c (1.0.0)\n\nDEPENDENCIES\n  a (~> 1.0)\n  b!\n\nBUNDLED WITH\n   2.4.0\n'
    expect(await said('RubyGems', 'Gemfile.lock', text)).toEqual(['direct', 'direct', '-'])
  })

  it('is not guessed where the manifest is not read', async () => {
    expect(await said('PyPI', 'requirements.txt', 'a==1.0.0\n')).toEqual(['?', '?', '?'])
  })

  it('stands in pom.xml, whose versions may be properties', async () => {
    const dependency = (artifact: string, version: string, more = '') =>
      `<dependency><groupId>org.x</groupId><artifactId>${artifact}</artifactId>${version}${more}</dependency>`
    const pom = `<project><version>3.1</version><properties><b.version>1.2</b.version></properties>
      <dependencyManagement><dependencies>${dependency('d', '<version>2.0</version>')}</dependencies></dependencyManagement>
      <dependencies>
        ${dependency('a', '<version>${project.version}</version>')}
        ${dependency('b', '<version>${b.version}</version>', '<scope>test</scope>')}
        ${dependency('c', '')}
      </dependencies></project>`
    const files = filesOf(new Map([['pom.xml', pom]]))
    expect(Object.fromEntries(await readPom(files))).toEqual({
      'org.x:a': ['3.1'],
      'org.x:b': ['1.2'],
      'org.x:d': ['2.0'],
    })
    expect(await said('Maven', 'pom.xml', pom, ['org.x:a', 'org.x:b', 'other:e'])).toEqual(['direct', 'dev', '-'])
  })
})
