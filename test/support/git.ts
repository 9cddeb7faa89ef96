import {execFileSync} from 'node:child_process'
import {mkdtempSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A real repository for a test, without anything of the machine's own git configuration. */
export interface TestRepository {
  readonly folder: string
  /** Runs git there and answers what it prints. */
  git(...args: readonly string[]): string
  /** Runs `git fast-import`: many commits and tags in one process. */
  fastImport(stream: string): void
}

/** A temporary folder, its real path. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'sluice-test-')))
}

export function remove(folder: string): void {
  rmSync(folder, {recursive: true, force: true})
}

const ENV = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
}

export function testRepository(folder: string): TestRepository {
  const run = (args: readonly string[], input = '') =>
    execFileSync('git', ['-c', 'init.defaultBranch=main', ...args], {cwd: folder, env: ENV, input, encoding: 'utf8'})
  run(['init', '--quiet'])
  return {folder, git: (...args) => run(args), fastImport: stream => void run(['fast-import', '--quiet'], stream)}
}

/** A fast-import stream: one commit and one tag per release, each with these files. */
export function releaseStream(releases: readonly {tag: string; files: Readonly<Record<string, string>>}[]): string {
  return releases
    .map(({tag, files}, index) => {
      const written = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`)
      const commit = `commit refs/heads/main\nmark :${index + 1}\ncommitter Test <test@example.com> ${1_700_000_000 + index} +0000\n${data(tag)}`
      const parent = index === 0 ? '' : `from :${index}\n`
      return `${commit}${parent}deleteall\n${written.join('')}\nreset refs/tags/${tag}\nfrom :${index + 1}\n\n`
    })
    .join('')
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
