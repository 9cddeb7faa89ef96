import nock from 'nock'
import {describe, expect, it} from 'vitest'
import type {Catalogue} from '../../../src/adapters/library/catalogue.ts'
import {placeFor} from '../../../src/adapters/library/indexes/index.ts'
import {newestOfPlace} from '../../../src/adapters/library/newest.ts'
import {withoutNetwork} from '../../support/no-network.ts'

withoutNetwork()

const {signal} = new AbortController()

async function newest(catalogue: Exclude<Catalogue, 'npm'>, names: readonly string[], env = {}) {
  const {available, gaps} = await newestOfPlace(placeFor(catalogue, env), names, signal)
  return {available: Object.fromEntries(available), gaps}
}

const file = (filename: string, yanked: boolean | string = false) => ({filename, yanked})

describe('what is newest', () => {
  it('at PyPI has neither yanked versions nor pre-releases, in the order of Python', async () => {
    nock('https://pypi.org', {reqheaders: {accept: 'application/vnd.pypi.simple.v1+json'}})
      .get('/simple/zope-interface/')
      .reply(200, {
        files: [
          file('zope.interface-5.10.tar.gz'),
          file('zope.interface-5.9-cp310-cp310-manylinux_2_17_x86_64.whl'),
          file('zope.interface-5.9.tar.gz', 'broken'),
          file('zope.interface-6.0.zip', true),
          file('zope.interface-6.1rc1.tar.gz'),
          file('zope.interface-5.10.win32.exe'),
        ],
      })
    expect(await newest('PyPI', ['Zope.Interface'])).toEqual({available: {'Zope.Interface': ['5.9', '5.10']}, gaps: []})
  })

  it('is asked of the index that pip is told of, with its password and never in the address', async () => {
    nock('https://pypi.example.org')
      .get('/root/simple/a/')
      .basicAuth({user: 'me', pass: 's3/cret'})
      .reply(200, {files: [file('a-1.0.tar.gz')]})
    const env = {PIP_INDEX_URL: 'https://me:s3%2Fcret@pypi.example.org/root/simple/'}
    expect(await newest('PyPI', ['a'], env)).toEqual({available: {a: ['1.0']}, gaps: []})
  })

  it('is not guessed from an index that has only pages', async () => {
    nock('https://pypi.org').get('/simple/a/').reply(200, '<html><a href="a-1.0.tar.gz">a</a></html>')
    expect(await newest('PyPI', ['a'])).toEqual({
      available: {},
      gaps: ['PyPI did not answer for a: it has no JSON answer'],
    })
  })

  it('at crates.io has no yanked versions, each name in its folder', async () => {
    const lines = (...entries: object[]) => entries.map(entry => JSON.stringify(entry)).join('\n')
    const index = nock('https://index.crates.io')
    index.get('/1/a').reply(200, lines({vers: '0.1.0', yanked: false}))
    index.get('/3/l/log').reply(200, lines({vers: '0.4.20', yanked: false}))
    index
      .get('/se/rd/serde')
      .reply(
        200,
        lines({vers: '1.10.0', yanked: false}, {vers: '1.9.0'}, {vers: '2.0.0', yanked: true}, {vers: '2.0.0-rc.1'}),
      )
    expect(await newest('crates.io', ['a', 'log', 'Serde'])).toEqual({
      available: {a: ['0.1.0'], log: ['0.4.20'], Serde: ['1.9.0', '1.10.0']},
      gaps: [],
    })
  })

  it('at the Go proxy goes on to the modules of later majors, without what was retracted', async () => {
    nock('https://proxy.golang.org')
      .get('/github.com/!burnt!sushi/toml/@v/list')
      .reply(200, 'v1.0.0\nv1.10.0\nv1.9.0\nv1.11.0-rc.1\n')
      .get('/github.com/!burnt!sushi/toml/@v/v1.11.0-rc.1.mod')
      .reply(200, 'module m\nretract v1.0.0 // a mistake\n')
      .get('/github.com/!burnt!sushi/toml/v2/@v/list')
      .reply(200, 'v2.0.0\nv2.0.1\nv2.1.0\n')
      .get('/github.com/!burnt!sushi/toml/v2/@v/v2.1.0.mod')
      .reply(200, 'module m\nretract (\n\t[v2.0.0, v2.0.1] // both\n)\n')
      .get('/github.com/!burnt!sushi/toml/v3/@v/list')
      .reply(404)
    expect(await newest('Go', ['github.com/BurntSushi/toml'])).toEqual({
      available: {'github.com/BurntSushi/toml': ['v1.9.0', 'v1.10.0', 'v2.1.0']},
      gaps: [],
    })
  })

  it('of a module at gopkg.in has its major behind a dot, and of a later one only what follows', async () => {
    nock('https://goproxy.example.org')
      .get('/gopkg.in/yaml.v2/@v/list')
      .reply(200, 'v2.4.0\n')
      .get('/gopkg.in/yaml.v2/@v/v2.4.0.mod')
      .reply(200, 'module m\n')
      .get('/gopkg.in/yaml.v3/@v/list')
      .reply(200, '')
    const env = {GOPROXY: 'off|https://goproxy.example.org/,direct'}
    expect((await newest('Go', ['gopkg.in/yaml.v2'], env)).available).toEqual({'gopkg.in/yaml.v2': ['v2.4.0']})
  })

  it('of a private module is asked of nobody', async () => {
    const env = {GOPRIVATE: 'git.example.org,*.corp.example.org/team'}
    const names = ['git.example.org/a', 'x.corp.example.org/team/b']
    expect(await newest('Go', names, env)).toEqual({
      available: {},
      gaps: [
        'the Go proxy did not answer for git.example.org/a: it is private by GOPRIVATE or GONOPROXY, x.corp.example.org/team/b: it is private by GOPRIVATE or GONOPROXY',
      ],
    })
    expect((await newest('Go', ['m.org/a'], {GOPROXY: 'off'})).gaps).toEqual([
      'the Go proxy did not answer for m.org/a: GOPROXY is off',
    ])
  })

  it('at rubygems.org has no pre-releases, each platform of a version once', async () => {
    nock('https://rubygems.org')
      .get('/api/v1/versions/rails.json')
      .reply(200, [
        {number: '7.1.0.beta1', prerelease: true},
        {number: '7.0.8', prerelease: false},
        {number: '6.1.7.10', prerelease: false},
        {number: '6.1.7.9', prerelease: false, platform: 'java'},
        {number: '6.1.7.9', prerelease: false},
      ])
    expect((await newest('RubyGems', ['rails'])).available).toEqual({rails: ['6.1.7.9', '6.1.7.10', '7.0.8']})
  })

  it('at Maven Central has releases only, whatever they are called', async () => {
    const version = (text: string) => `<version>${text}</version>`
    const listed = ['31.1-jre', '32.0.0-android', '32.0.0-jre', '33.0-rc1', '33.0-SNAPSHOT', '30.10'].map(version)
    nock('https://repo1.maven.org')
      .get('/maven2/com/google/guava/guava/maven-metadata.xml')
      .reply(200, `<metadata><versioning><versions>${listed.join('')}</versions></versioning></metadata>`)
      .get('/maven2/org/one/one/maven-metadata.xml')
      .reply(200, `<metadata><versioning><versions>${version('1.10')}</versions></versioning></metadata>`)
    expect((await newest('Maven', ['com.google.guava:guava', 'org.one:one'])).available).toEqual({
      'com.google.guava:guava': ['30.10', '31.1-jre', '32.0.0-android', '32.0.0-jre'],
      'org.one:one': ['1.10'],
    })
  })
})

describe('a place that has no answer', () => {
  it('is asked a second time, and named with its reason, and the other libraries are known', async () => {
    nock('https://rubygems.org')
      .get('/api/v1/versions/a.json')
      .twice()
      .reply(503, 'no')
      .get('/api/v1/versions/b.json')
      .reply(200, [{number: '1.0'}])
      .get('/api/v1/versions/gone.json')
      .reply(404, 'no')
      .get('/api/v1/versions/twice.json')
      .reply(502)
      .get('/api/v1/versions/twice.json')
      .reply(200, [{number: '2.0'}])
    expect(await newest('RubyGems', ['a', 'b', 'gone', 'twice'])).toEqual({
      available: {b: ['1.0'], twice: ['2.0']},
      gaps: ['rubygems.org did not answer for a: 503 Service Unavailable', 'rubygems.org does not know gone'],
    })
  })

  it('is left alone after the first few where nobody is there at all', async () => {
    const names = Array.from({length: 40}, (_, at) => `gem-${at}`)
    let asked = 0
    nock('https://rubygems.org')
      .get(/.*/)
      .times(16)
      .reply(() => {
        asked++
        return [500, '']
      })
    const {gaps} = await newest('RubyGems', names)
    expect(asked).toBe(16)
    expect(gaps[0]).toContain('and 37 more')
  })

  it('is said to be out of reach where there is no network', async () => {
    nock('https://rubygems.org')
      .get('/api/v1/versions/a.json')
      .twice()
      .replyWithError(Object.assign(new Error('getaddrinfo ENOTFOUND rubygems.org'), {code: 'ENOTFOUND'}))
    expect((await newest('RubyGems', ['a'])).gaps).toEqual([
      'rubygems.org did not answer for a: getaddrinfo ENOTFOUND rubygems.org',
    ])
  })

  it('is not listened to without end', async () => {
    nock('https://rubygems.org')
      .get('/api/v1/versions/a.json')
      .twice()
      .reply(200, 'x'.repeat(33 * 1024 * 1024))
    expect((await newest('RubyGems', ['a'])).gaps).toEqual([
      'rubygems.org did not answer for a: the answer is longer than 32 MB',
    ])
  })
})
