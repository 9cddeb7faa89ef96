import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {gitRepository} from '../../../src/adapters/git/repository.ts'
import {releaseStream, remove, temporaryFolder, testRepository, type TestRepository} from '../../support/git.ts'

let root: string
let repository: TestRepository

beforeEach(() => {
  root = temporaryFolder()
  mkdirSync(join(root, 'accounts'))
  repository = testRepository(join(root, 'accounts'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  remove(root)
})

function open(repo = 'accounts') {
  return gitRepository(repo, {root, cache: join(root, 'cache')})
}

async function releases(repo?: string, pattern = 'v{version}') {
  const found = await open(repo).releases(pattern)
  if (!found.ok) throw new Error(found.failure.message)
  return found.value
}

function release(version: string, manifest?: string): void {
  repository.git('rm', '-q', '-r', '--ignore-unmatch', '.')
  writeFileSync(join(repository.folder, 'server.js'), `// ${version}\n`)
  if (manifest !== undefined) writeFileSync(join(repository.folder, 'sluice.service.yaml'), manifest)
  repository.git('add', '.')
  repository.git('commit', '-q', '-m', version)
  repository.git('tag', `v${version}`)
}

/** Puts a git before the real one that does something first. */
function beforeGit(line: string): void {
  const real = execFileSync('sh', ['-c', 'command -v git'], {encoding: 'utf8'}).trim()
  mkdirSync(join(root, 'bin'))
  writeFileSync(join(root, 'bin', 'git'), `#!/bin/sh\n${line}\nexec ${real} "$@"\n`, {mode: 0o755})
  vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env.PATH}`)
}

/** Notes each time that git is started. */
function countGit(): () => number {
  const log = join(root, 'started')
  beforeGit(`echo >> ${log}`)
  return () => readFileSync(log, 'utf8').length
}

describe('releases of a git repository', () => {
  it('are its tags, ascending by semver, each with the manifest at that tag', async () => {
    release('1.9.0', 'service: accounts\n')
    release('1.10.0', 'service: accounts\nprovides: { "accounts-äpi": 1.0.0 }\n')
    release('1.2.0')
    const {releases: found, skipped} = await releases()
    expect(found).toEqual([
      {version: '1.2.0', tag: 'v1.2.0', commit: repository.git('rev-parse', 'v1.2.0').trim()},
      {version: '1.9.0', tag: 'v1.9.0', commit: expect.any(String), manifest: 'service: accounts\n'},
      {
        version: '1.10.0',
        tag: 'v1.10.0',
        commit: expect.any(String),
        manifest: 'service: accounts\nprovides: { "accounts-äpi": 1.0.0 }\n',
      },
    ])
    expect(skipped).toEqual([])
  })

  it('are the tags that match, and annotated ones are followed to their commit', async () => {
    release('1.0.0', 'service: accounts\n')
    repository.git('tag', '-a', '-m', 'annotated', 'v1.1.0')
    repository.git('tag', '-a', '-m', 'twice', 'v1.2.0', 'v1.1.0')
    repository.git('tag', 'v1.2')
    repository.git('tag', 'vnext')
    repository.git('tag', 'other-1.0.0')
    repository.git('tag', 'v9.0.0', repository.git('rev-parse', 'v1.0.0^{tree}').trim())
    const commit = repository.git('rev-parse', 'HEAD').trim()
    const {releases: found, skipped} = await releases()
    expect(found.map(({version}) => version)).toEqual(['1.0.0', '1.1.0', '1.2.0'])
    expect(found[1]).toEqual({version: '1.1.0', tag: 'v1.1.0', commit, manifest: 'service: accounts\n'})
    expect(found[2]).toMatchObject({manifest: 'service: accounts\n'})
    expect(skipped).toEqual(['v1.2'])
    expect((await releases('accounts', 'other-{version}')).releases).toHaveLength(1)
  })

  it('of a repository without tags are none', async () => {
    expect(await releases()).toEqual({releases: [], skipped: []})
  })

  it('say where a manifest cannot be read', async () => {
    release('1.0.0', `# ${'x'.repeat(300_000)}\n`)
    writeFileSync(join(repository.folder, 'sluice.service.yaml'), Buffer.from([0x73, 0xff, 0xfe]))
    repository.git('commit', '-q', '-a', '-m', 'not text')
    repository.git('tag', 'v1.1.0')
    repository.git('rm', '-q', 'sluice.service.yaml')
    mkdirSync(join(repository.folder, 'sluice.service.yaml'))
    writeFileSync(join(repository.folder, 'sluice.service.yaml', 'file'), '')
    repository.git('add', '.')
    repository.git('commit', '-q', '-m', 'a folder')
    repository.git('tag', 'v1.2.0')
    const {releases: found} = await releases()
    expect(found.map(({unreadable}) => unreadable)).toEqual([
      'it is 300003 bytes long; at most 262144 are read',
      'it is not UTF-8 text',
      undefined,
    ])
    expect(found[2]).not.toHaveProperty('manifest')
  })

  it('take the same few processes however many there are', async () => {
    const tags = Array.from({length: 1000}, (_, index) => `1.${index}.0`)
    repository.fastImport(
      releaseStream(
        tags.map(version => ({
          tag: `v${version}`,
          files: {'sluice.service.yaml': `service: accounts\nprovides: { accounts-api: ${version} }\n`},
        })),
      ),
    )
    const counted = countGit()
    const {releases: found} = await releases()
    expect(counted()).toBe(3)
    expect(found.map(({version}) => version)).toEqual(tags)
    expect(found.map(({manifest}) => manifest?.split('\n')[1])).toEqual(
      tags.map(version => `provides: { accounts-api: ${version} }`),
    )
  })
})

describe('a checkout', () => {
  it('has the files of its tag, and leaves the user alone', async () => {
    release('1.0.0')
    release('2.0.0')
    writeFileSync(join(repository.folder, 'server.js'), '// being edited\n')
    const before = repository.git('status', '--porcelain', '--branch')
    const opened = open()
    const [first, second] = await Promise.all([opened.checkout('v1.0.0'), opened.checkout('v1.0.0')])
    const other = await opened.checkout('v2.0.0')
    if (!first.ok || !second.ok || !other.ok) throw new Error('no checkout')
    expect(readFileSync(join(first.value, 'server.js'), 'utf8')).toBe('// 1.0.0\n')
    expect(readFileSync(join(other.value, 'server.js'), 'utf8')).toBe('// 2.0.0\n')
    expect(second.value).toBe(first.value)
    expect(first.value.startsWith(join(root, 'cache'))).toBe(true)
    expect(repository.git('status', '--porcelain', '--branch')).toBe(before)
    expect(readFileSync(join(repository.folder, 'server.js'), 'utf8')).toBe('// being edited\n')
    // Git still knows the worktree after it was moved to its place.
    expect(execFileSync('git', ['-C', first.value, 'rev-parse', 'HEAD'], {encoding: 'utf8'}).trim()).toBe(
      repository.git('rev-parse', 'v1.0.0').trim(),
    )
  })

  it('is made once and reused, also by another run', async () => {
    release('1.0.0')
    const first = await open().checkout('v1.0.0')
    if (!first.ok) throw new Error('no checkout')
    writeFileSync(join(first.value, 'built'), '')
    const second = await open().checkout('v1.0.0')
    expect(second).toEqual(first)
    expect(existsSync(join(first.value, 'built'))).toBe(true)
  })

  it('is never half of one: a git that was killed is run once more, and then a failure', async () => {
    release('1.0.0')
    release('2.0.0')
    const half = `for last; do folder=$word; word=$last; done; mkdir -p "$folder"`
    const [once, always] = [join(root, 'once'), join(root, 'always')]
    const dies = `{ [ -f ${always} ] || mkdir ${once} 2>&-; }`
    beforeGit(`case "$*" in *"worktree add"*) ${dies} && { ${half}; kill -9 $$; };; esac`)
    const made = await open().checkout('v1.0.0')
    expect(made.ok && readFileSync(join(made.value, 'server.js'), 'utf8')).toBe('// 1.0.0\n')
    writeFileSync(always, '')
    expect(await open().checkout('v2.0.0')).toMatchObject({
      failure: {message: 'the repository accounts cannot be read: git was ended before it was done'},
    })
    rmSync(always)
    const again = await open().checkout('v2.0.0')
    expect(again.ok && readFileSync(join(again.value, 'server.js'), 'utf8')).toBe('// 2.0.0\n')
  })

  it('is another one where the tag was moved', async () => {
    release('1.0.0')
    const first = await open().checkout('v1.0.0')
    writeFileSync(join(repository.folder, 'more'), '')
    repository.git('add', '.')
    repository.git('commit', '-q', '-m', 'more')
    repository.git('tag', '-f', 'v1.0.0')
    const second = await open().checkout('v1.0.0')
    expect(first.ok && second.ok && first.value !== second.value).toBe(true)
  })

  it('runs no hook of the repository', async () => {
    release('1.0.0')
    writeFileSync(
      join(repository.folder, '.git', 'hooks', 'post-checkout'),
      `#!/bin/sh\ntouch ${join(root, 'hooked')}\n`,
      {mode: 0o755},
    )
    expect((await open().checkout('v1.0.0')).ok).toBe(true)
    expect(existsSync(join(root, 'hooked'))).toBe(false)
  })

  it('of a tag that is not there is a failure', async () => {
    release('1.0.0')
    expect(await open().checkout('v9.0.0')).toMatchObject({
      ok: false,
      failure: {code: 'repository-failed', message: 'the repository accounts has no tag "v9.0.0"'},
    })
    for (const hostile of ['--output=/tmp/x', 'v1.0.0:../x', '../../heads/main', 'v1 0', '']) {
      expect(await open().checkout(hostile)).toMatchObject({ok: false, failure: {code: 'repository-failed'}})
    }
  })
})

describe('a remote repository', () => {
  it('is mirrored, and fetched again by the next run', async () => {
    release('1.0.0', 'service: accounts\n')
    const url = `file://${repository.folder}`
    expect((await releases(url)).releases.map(({version}) => version)).toEqual(['1.0.0'])
    release('1.1.0')
    repository.git('tag', '-d', 'v1.0.0')
    expect((await releases(url)).releases.map(({version}) => version)).toEqual(['1.1.0'])
    const folder = await open(url).checkout('v1.1.0')
    expect(folder.ok && readFileSync(join(folder.value, 'server.js'), 'utf8')).toBe('// 1.1.0\n')
    expect(readdirSync(join(root, 'cache', 'mirrors'))).toHaveLength(1)
    // A worktree of the mirror does not keep it from being fetched.
    expect((await releases(url)).releases).toHaveLength(1)
  })
})

describe('what is no repository', () => {
  const reason = async (repo: string) => {
    const found = await open(repo).releases('v{version}')
    return found.ok ? 'ok' : found.failure.message
  }

  it('is a failure that says why', async () => {
    mkdirSync(join(repository.folder, 'inner'))
    expect(await reason('nowhere')).toBe('the repository nowhere cannot be read: there is no such folder')
    // The folder is inside of a repository, but is none.
    expect(await reason('accounts/inner')).toBe('the repository accounts/inner cannot be read: it is no git repository')
    expect(await reason(`file://${root}/gone`)).toContain('cannot be read: it is no git repository')
    expect(await reason('ssh://git@127.0.0.1:1/gone')).not.toContain('and the repository exists')
  })

  it('is never an address that runs a program', async () => {
    const touched = join(root, 'touched')
    for (const repo of [`ext::sh -c touch% ${touched}`, '--upload-pack=touch', 'fd::17', `-u${touched}`]) {
      expect(await reason(repo)).toContain('is no address of a repository')
    }
    expect(existsSync(touched)).toBe(false)
  })

  it('is told of without the password in its address', async () => {
    expect(await reason('https://user:secret@127.0.0.1:1/x.git')).not.toContain('secret')
  })
})
