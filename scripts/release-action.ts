import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

const tag = process.argv[2] ?? ''
const [, major] = /^(v\d+)\.\d+\.\d+$/.exec(tag) ?? []
if (major === undefined) throw new Error('name the tag: npm run release:action -- v1.2.3')

/** What a runner needs beside what is in git anyway. */
const BUILT = ['dist', 'oclif.manifest.json']

/** An index of its own: the working tree and what is staged there stay as they are. */
const folder = mkdtempSync(join(tmpdir(), 'sluice-release-'))
try {
  const env = {...process.env, GIT_INDEX_FILE: join(folder, 'index')}
  const git = (...args: readonly string[]) => execFileSync('git', args, {env, encoding: 'utf8'}).trim()
  git('read-tree', 'HEAD')
  git('add', '--force', ...BUILT)
  git('rm', '--cached', '--quiet', '--ignore-unmatch', '-r', '--', 'dist/*.map')
  const commit = git('commit-tree', git('write-tree'), '-p', 'HEAD', '-m', `${tag}: with what was built`)
  git('tag', tag, commit)
  git('tag', '--force', major, commit)
  process.stdout.write(
    `${tag} and ${major} are at ${commit}: git push origin ${tag} && git push --force origin ${major}\n`,
  )
} finally {
  rmSync(folder, {recursive: true})
}
