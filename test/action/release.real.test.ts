import {execFileSync} from 'node:child_process'
import {cpSync, symlinkSync} from 'node:fs'
import {cp, mkdir} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {expect, it} from 'vitest'
import {rigged} from '../support/rig.ts'
import {ranAction} from '../support/runner.ts'

it('a tag of the Action holds all that a runner needs, and leaves the working tree alone', async () => {
  const rig = await rigged()
  const clone = join(rig.folder, 'sluice')
  const git = (...args: readonly string[]) => execFileSync('git', args, {cwd: clone, encoding: 'utf8'})
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${resolve('.')}`, clone])
  for (const file of ['dist', 'oclif.manifest.json']) cpSync(resolve(file), join(clone, file), {recursive: true})
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'))
  for (const [key, value] of [
    ['user.name', 'Test'],
    ['user.email', 'test@example.com'],
  ] as const)
    git('config', key, value)
  const before = git('rev-parse', 'HEAD')
  const script = resolve('scripts/release-action.ts')
  await cp(script, join(clone, 'scripts/release-action.ts'))
  const said = execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/release-action.ts', 'v1.2.3'], {
    cwd: clone,
    encoding: 'utf8',
  })
  expect(said).toContain('git push origin v1.2.3 && git push --force origin v1')
  expect(git('rev-parse', 'HEAD')).toBe(before)
  expect(git('rev-parse', 'v1')).toBe(git('rev-parse', 'v1.2.3'))
  const files = git('ls-tree', '-r', '--name-only', 'v1').split('\n')
  expect(files).toEqual(
    expect.arrayContaining(['action.yml', 'dist/action.js', 'dist/balancer.js', 'templates/page/page.js']),
  )
  expect(files.filter(file => file.endsWith('.map') || file.startsWith('node_modules'))).toEqual([])

  const runner = join(rig.folder, 'runner')
  await mkdir(runner)
  execFileSync('tar', ['-x', '-C', runner], {
    input: execFileSync('git', ['archive', 'v1'], {cwd: clone, maxBuffer: 2 ** 28}),
  })
  await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
  const ran = await ranAction(rig, {with: {page: 'plan.html'}, from: runner})
  expect([ran.code, ran.outputs['state']], ran.log).toEqual([0, 'planned'])
})
