import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {chmod, readdir} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {text} from 'node:stream/consumers'
import {expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {rigged} from '../support/rig.ts'

it('leaves nothing where Ctrl-C ends every git that lays it out, too, and calls that no bug', async () => {
  const rig = await rigged()
  const sign = join(rig.folder, 'sign')
  // The first commit takes until it is ended.
  const git = `case "$*" in *'commit -m'*) mkdir ${sign} 2>&- && exec sleep 60;; esac; PATH=\${PATH#*:} exec git "$@"`
  await chmod(await rig.write('bin/git', `#!/bin/sh\n${git}\n`), 0o755)
  const demo = spawn(process.execPath, [resolve('bin/run.js'), 'demo'], {
    cwd: rig.folder,
    env: {...rig.env, PATH: `${join(rig.folder, 'bin')}:${rig.env['PATH']}`},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(demo.stderr)
  const ended = once(demo, 'exit')
  await eventually(() => existsSync(sign))
  // As a terminal does: to all of the group.
  process.kill(-Number(demo.pid), 'SIGINT')
  expect(await ended).toEqual([130, null])
  expect(await said).toContain('error: the demo was stopped')
  expect(await readdir(rig.env['TMPDIR'] ?? '')).toEqual([])
})
