import {spawn, spawnSync} from 'node:child_process'
import {closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync} from 'node:fs'
import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {text} from 'node:stream/consumers'
import {describe, expect, it} from 'vitest'
import {rigged} from '../support/rig.ts'

const RUN = resolve('bin/run.js')

describe('the program', () => {
  it('says its version in the same words by the short way and by oclif’s', async () => {
    const rig = await rigged()
    const short = await rig.sluice('--version')
    expect(short).toEqual({
      code: 0,
      stdout: `sluice/0.1.0 ${process.platform}-${process.arch} node-${process.version}\n`,
      stderr: '',
    })
    expect(await rig.sluice('-v')).toEqual(short)
    expect(await rig.sluice('version')).toEqual(short)
    // With one more word the short way does not apply.
    expect(await rig.sluice('--version', 'please')).toEqual(short)
  })

  it('helps, whatever it is called with', async () => {
    const rig = await rigged()
    const plain = await rig.sluice()
    expect([plain.code, plain.stdout]).toEqual([0, expect.stringContaining('COMMANDS')])
    for (const call of [['--help'], ['-h'], ['help']]) expect(await rig.sluice(...call)).toEqual(plain)
    const plan = await rig.sluice('plan', '--help')
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('EXAMPLES')])
    expect(await rig.sluice('help', 'plan')).toEqual(plan)
    expect((await rig.sluice('help', 'paln')).code).toBe(2)
  })

  it('asks nothing of what lies in the home folder', async () => {
    const rig = await rigged()
    // What can be read by nobody: root, too, gets an error for it.
    mkdirSync(join(rig.folder, '.local/share/sluice/package.json'), {recursive: true})
    const ran = await rig.sluice('validate')
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/^error: there is no sluice\.yaml/)])
  })

  it('runs every example that only looks', async () => {
    const rig = await rigged()
    await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
    await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'deploy', 'sluice.yaml'))
    const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
      commands: Record<string, {examples?: readonly string[]}>
    }
    for (const id of ['validate', 'graph', 'plan', 'check']) {
      for (const example of commands[id]?.examples ?? []) {
        const ran = await rig.sluice(...example.split(' ').slice(3))
        expect([ran.code, ran.stderr.includes('error:')], example).toEqual([
          expect.toSatisfy(code => code === 0 || code === 3),
          false,
        ])
      }
    }
  })

  it('takes by name only what a part of it exports: of CommonJS packages the build has just the default', () => {
    const texts = new Map(readdirSync('dist/chunks').map(name => [name, readFileSync(`dist/chunks/${name}`, 'utf8')]))
    const taken = [...texts.values()].flatMap(text => [...text.matchAll(/\{([^{}]*)\}=await import\("\.\/([^"]+)"\)/g)])
    const onlyDefault = (name = '') => /export default \w+\(\);/.test(texts.get(name) ?? '')
    expect(taken.filter(([, , name]) => onlyDefault(name)).length).toBeGreaterThan(0)
    const missing = taken.filter(([, names = '', name]) => onlyDefault(name) && !/^default:\w+$/.test(names))
    expect(missing.map(([all]) => all)).toEqual([])
  })

  it('ends quietly when nobody reads on', async () => {
    const rig = await rigged()
    await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
    const child = spawn(process.execPath, [RUN, 'plan', '--json'], {
      cwd: rig.folder,
      env: rig.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    expect(await text(child.stderr)).toBe('')
  })

  it.skipIf(!existsSync('/dev/full'))('says that its answer was cut off where the disk is full', async () => {
    const rig = await rigged()
    await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
    for (const json of [[], ['--json']]) {
      const full = openSync('/dev/full', 'w')
      const {status, stderr} = spawnSync(process.execPath, [RUN, 'plan', ...json], {
        cwd: rig.folder,
        env: rig.env,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      })
      closeSync(full)
      expect([status, stderr]).toEqual([
        1,
        'error: standard output cannot be written: ENOSPC: no space left on device, write\n',
      ])
    }
  })

  it('says one line where it has a bug, and where it happened to whoever asks', async () => {
    const rig = await rigged()
    await rig.write(
      'break.mjs',
      `process.cwd = () => { throw new TypeError('no folder') }\nawait import(${JSON.stringify(RUN)})\n`,
    )
    const run = async (env: Record<string, string>) => {
      const child = spawn(process.execPath, ['break.mjs', 'plan'], {cwd: rig.folder, env: {...rig.env, ...env}})
      const [said, code] = await Promise.all([text(child.stderr), new Promise(settle => child.on('close', settle))])
      return {said, code}
    }
    const plain = await run({})
    expect([plain.code, plain.said]).toEqual([1, expect.stringContaining('no folder (this is a bug in sluice')])
    expect(plain.said).not.toContain(' at ')
    expect((await run({SLUICE_DEBUG: '1'})).said).toContain('break.mjs')
  })
})
