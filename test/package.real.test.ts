import {execFileSync, spawnSync} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {rigged} from './support/rig.ts'

/** What `npm pack` says of a package. */
interface Packed {
  readonly filename: string
  readonly files: readonly {readonly path: string}[]
}

function pack(...args: readonly string[]): Packed {
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--json', ...args], {encoding: 'utf8'})
  const [packed] = JSON.parse(said) as [Packed]
  return packed
}

const below = (folder: string) =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

describe('the package', () => {
  it('holds what is needed, and nothing else', () => {
    const files = pack('--dry-run').files.map(({path}) => path)
    const needed = [
      ...below('templates'),
      ...below('schema'),
      ...below('dist').filter(path => !path.endsWith('.map') && path !== 'dist/action.js'),
      'bin/run.js',
      'oclif.manifest.json',
      'package.json',
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
    ]
    expect([...files].sort()).toEqual(needed.sort())
  })

  it('works from the tarball, in a folder without anything else', async () => {
    const rig = await rigged()
    const {filename} = pack('--pack-destination', rig.folder)
    await rig.write('package.json', '{"private": true}')
    const npm = (...args: readonly string[]) => {
      const env = {...rig.env, HOME: process.env['HOME'] ?? rig.folder}
      return spawnSync('npm', args, {cwd: rig.folder, env, encoding: 'utf8'})
    }
    const installed = npm('install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`)
    expect(installed.status, installed.stderr).toBe(0)
    await cp(resolve('test/fixtures/shop/sluice.yaml'), join(rig.folder, 'sluice.yaml'))
    const planned = npm('exec', '--offline', '--', 'sluice', 'plan', '--format', 'html', '--out', 'plan.html')
    expect([planned.status, planned.stderr], planned.stderr).toEqual([0, expect.stringContaining('kept in plan.html')])
    expect(npm('exec', '--offline', '--', 'sluice', 'completion', 'bash').stdout).toContain(
      'complete -F _sluice sluice',
    )
    expect(npm('exec', '--offline', '--', 'sluice', 'rollout', 'list').status).toBe(0)
  })
})
