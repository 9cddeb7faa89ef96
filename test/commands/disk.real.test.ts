import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

/** Root may mount a small file system, unless it is in a container that may not. */
const MAY_MOUNT = mayMount()

function mount(folder: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'sluice-test', folder]).status === 0
}

function unmount(folder: string): void {
  spawnSync('umount', ['--lazy', folder])
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mount-'))
  const may = mount(folder, 'size=64k')
  if (may) unmount(folder)
  rmdirSync(folder)
  return may
}

/** A rig whose own folder of Sluice is a file system of its own. */
async function on(options: string, work: (rig: Rig, own: string) => Promise<void>): Promise<void> {
  const rig = await openRig()
  const own = join(rig.folder, '.sluice')
  mkdirSync(own)
  if (!mount(own, options)) throw new Error(`a tmpfs with ${options} could not be mounted`)
  try {
    await work(rig, own)
  } finally {
    await rig.sweep()
    unmount(own)
    await rig.end()
  }
}

/** Takes all the room that is left. */
function fill(file: string): void {
  const block = Buffer.alloc(4096)
  try {
    for (;;) writeFileSync(file, block, {flag: 'a'})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

describe.skipIf(!MAY_MOUNT)('a record on a disk that will not take it (needs the right to mount)', () => {
  it('full in the middle of a rollout: it halts with traffic where it is, and is resumed when there is room', async () => {
    await on('size=2m,mode=700', async (rig, own) => {
      const address = await shop(rig, {bake: '2s'})
      const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
      let said = ''
      holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      await eventually(() => said.includes('share 50 %'))
      fill(join(own, 'filler'))
      await eventually(() => holder.exitCode !== null)
      expect([holder.exitCode, said]).toEqual([6, expect.stringContaining('the disk is full')])
      expect((await fetch(`http://${address}/`)).status).toBe(200)
      expect((await rig.sluice('rollout', 'resume')).code).not.toBe(0)

      rmSync(join(own, 'filler'))
      const resumed = await rig.sluice('rollout', 'resume', '--json')
      expect(resumed.code, resumed.stderr).toBe(0)
      expect((JSON.parse(resumed.stdout) as RolloutShown).state).toBe('succeeded')
      expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({release: '2.0.0'})
    })
  })

  it('mounted read-only: nothing is begun', async () => {
    await on('size=1m,ro', async rig => {
      await shop(rig)
      const applied = await rig.sluice('apply', '--yes')
      expect([applied.code, applied.stderr]).toEqual([1, expect.stringMatching(/cannot be (?:used|written)/)])
      expect(rig.left()).toEqual([])
    })
  })

  it('mounted read-only after a rollout: it is looked at as before, and nothing is begun', async () => {
    await on('size=2m,mode=700', async (rig, own) => {
      await shop(rig)
      expect((await rig.sluice('apply', '--yes')).code).toBe(0)
      const looks = [
        ['rollout', 'list'],
        ['rollout', 'show'],
        ['status', '--json'],
        ['usage'],
        ['plan'],
        ['state', 'show'],
      ]
      const seen = async () => {
        const answers: unknown[] = []
        for (const look of looks) answers.push([look, await rig.sluice(...look)])
        return answers
      }
      const before = await seen()
      // On top of what is there, which the balancer goes on writing to.
      expect(spawnSync('mount', ['--bind', own, own]).status).toBe(0)
      try {
        expect(spawnSync('mount', ['-o', 'remount,ro,bind', own]).status).toBe(0)
        expect(await seen()).toEqual(before)
        const undone = await rig.sluice('rollout', 'undo', '--yes')
        expect([undone.code, undone.stderr]).toEqual([1, expect.stringContaining('cannot be written')])
      } finally {
        unmount(own)
      }
    })
  })
})

describe('a record that was cut off', () => {
  it('is refused by every command, and nothing is done', async () => {
    const rig = await openRig()
    try {
      const address = await shop(rig)
      expect((await rig.sluice('apply', '--yes')).code).toBe(0)
      const record = join(rig.folder, '.sluice', 'state.db')
      const whole = readFileSync(record)
      truncateSync(record, Math.floor(whole.length / 2))
      for (const call of [['plan'], ['apply', '--yes'], ['status'], ['rollout', 'resume']]) {
        const refused = await rig.sluice(...call)
        expect([call, refused.code, refused.stderr]).toEqual([call, 1, expect.stringContaining('state.db is damaged')])
      }
      expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({release: '2.0.0'})
    } finally {
      await rig.sweep()
      await rig.end()
    }
  })
})
