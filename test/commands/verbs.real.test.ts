import {type ChildProcess, execFile} from 'node:child_process'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'
import type {Plan} from '../../src/core/plan/plan.ts'
import type {EventLine} from '../../src/core/event/line.ts'
import {outlineOf} from '../../src/core/rollout/outline.ts'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {hurried, shop} from '../support/shop.ts'

/** A rig whose instances are ended with it: they outlive the command on purpose. */
async function inShop(
  made: Parameters<typeof shop>[1],
  work: (rig: Rig, address: string) => Promise<void>,
): Promise<void> {
  const rig = await openRig()
  try {
    await work(rig, await shop(rig, made))
  } finally {
    await rig.sweep()
    await rig.end()
  }
}

/** The built command, running, and what it has said so far. */
interface Running {
  readonly child: ChildProcess
  said(): string
  ended(): Promise<number | null>
}

function start(rig: Rig, ...args: readonly string[]): Running {
  const child = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, ...args)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout?.resume()
  return {
    child,
    said: () => said,
    ended: async () => {
      await eventually(() => child.exitCode !== null || child.signalCode !== null)
      return child.exitCode
    },
  }
}

const heldAt = (running: Running, share: number) => eventually(() => running.said().includes(`share ${share} %`))

async function json(rig: Rig, ...args: readonly string[]): Promise<{code: number | null; document: unknown}> {
  const {code, stdout, stderr} = await rig.sluice(...args, '--json')
  expect(stdout, stderr).not.toBe('')
  return {code, document: JSON.parse(stdout)}
}

const show = async (rig: Rig) => (await json(rig, 'rollout', 'show')).document as RolloutShown

async function releaseAt(address: string): Promise<string> {
  const answer = (await (await fetch(`http://${address}/`)).json()) as {release: string}
  return answer.release
}

/** The balancer of the rig's folder; the line of its standby goes on after the folder. */
async function balancerOf({folder}: Rig): Promise<number> {
  return eventually(async () => {
    const {stdout} = await promisify(execFile)('pgrep', ['-f', `balancer.*${folder}$`])
    // A standby that is just being started still has the balancer's line.
    const [pid, ...others] = stdout.trim().split('\n')
    return others.length === 0 && Number(pid)
  })
}

/** A shop whose releases run already, and whose next bake does not end by itself while a test looks. */
async function inRunningShop(work: (rig: Rig, address: string) => Promise<void>): Promise<void> {
  await inShop({}, async (rig, address) => {
    const there = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')
    expect(there.code, there.stderr).toBe(0)
    const file = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
    await rig.write('sluice.yaml', file.replace('bake: 0s', 'bake: 10m'))
    await work(rig, address)
  })
}

describe('the verbs of a rollout, from another shell', () => {
  it('promote, pause, watch and abort what runs; abort, retry and undo what nobody runs', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes', '--reason', 'the new prices')
      await heldAt(running, 50)
      const shown = await show(rig)
      expect(shown).toMatchObject({state: 'running', holder: {pid: running.child.pid, reason: 'the new prices'}})
      const late = await rig.sluice('rollout', 'watch', '--timeout', '100ms')
      expect([late.code, late.stderr]).toEqual([4, expect.stringContaining('share 50 %')])

      expect((await rig.sluice('rollout', 'promote')).code).toBe(0)
      await heldAt(running, 100)
      const watching = start(rig, 'rollout', 'watch', '--events', 'watched.ndjson')
      const streaming = rig.sluice('rollout', 'watch', '--events', '-')
      const paused = await rig.sluice('rollout', 'pause', '--reason', 'lunch')
      expect(paused.code, paused.stderr).toBe(0)
      expect(await running.ended()).toBe(4)
      expect(await watching.ended()).toBe(4)
      // Whoever looks on is told all of it from its beginning, as lines of JSON and nothing else.
      const streamed = await streaming
      expect([streamed.code, streamed.stderr]).toEqual([4, expect.stringContaining('paused')])
      const written = await readFile(join(rig.folder, 'watched.ndjson'), 'utf8')
      for (const lines of [streamed.stdout, written].map(text => text.trimEnd().split('\n'))) {
        const events = lines.map(line => JSON.parse(line) as EventLine)
        expect(events.map(({seq}) => seq)).toEqual(events.map((_, index) => index + 1))
        expect(events.every(({rollout, v}) => rollout === shown.id && v === 1)).toBe(true)
        expect(events[0]?.type).toBe('rollout-begun')
        expect(events.map(({type}) => type)).toContain('request-heard')
      }
      expect(await rig.sluice('rollout', 'watch', '--events', '-', '--json')).toMatchObject({code: 2})
      expect(running.said()).toContain('asks to pause: lunch')
      expect(await show(rig)).toMatchObject({state: 'paused', error: {message: expect.stringMatching(/: lunch$/)}})
      expect((await rig.sluice('rollout', 'pause')).stderr).toContain('it stands still (paused)')

      const aborted = await json(rig, 'rollout', 'abort', '--reason', 'no')
      expect(aborted).toMatchObject({code: 0, document: {state: 'aborted'}})
      expect(await releaseAt(address)).toBe('1.0.0')
      expect(await rig.sluice('rollout', 'promote')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('the rollout has ended: aborted'),
      })

      const again = start(rig, 'rollout', 'retry')
      await heldAt(again, 50)
      expect((await rig.sluice('rollout', 'promote', '--full')).code).toBe(0)
      expect(await again.ended(), again.said()).toBe(0)
      expect(await releaseAt(address)).toBe('2.0.0')

      const way = await rig.sluice('rollout', 'undo')
      expect([way.code, way.stdout]).toEqual([2, expect.stringMatching(/billing-1 +2\.0\.0 → 1\.0\.0[^]*accounts-1/)])
      const back = start(rig, 'rollout', 'undo', '--yes')
      await heldAt(back, 50)
      expect((await rig.sluice('rollout', 'promote', '--full')).code).toBe(0)
      expect(await back.ended(), back.said()).toBe(0)
      expect(await releaseAt(address)).toBe('1.0.0')
      expect(await show(rig)).toMatchObject({state: 'succeeded', undoes: shown.id})
      expect(await rig.sluice('rollout', 'undo', '--yes')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is an undo itself'),
      })
    })
  })

  it('abort what another process runs, and look on until it is taken back', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      const aborted = await rig.sluice('rollout', 'abort')
      expect([aborted.code, aborted.stderr]).toEqual([0, expect.stringContaining('taken back: taken back on request')])
      expect(await running.ended()).toBe(1)
      expect(await releaseAt(address)).toBe('1.0.0')
    })
  })

  it('take a rollout away from a holder that hangs, which can do nothing when it wakes up', async () => {
    await inRunningShop(async (rig, address) => {
      const hanging = start(rig, 'apply', '--yes')
      await heldAt(hanging, 50)
      hanging.child.kill('SIGSTOP')
      const asked = await rig.sluice('rollout', 'takeover')
      expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining(`(pid ${hanging.child.pid})`)])
      const taken = start(rig, 'rollout', 'takeover', '--yes')
      await eventually(() => taken.said().includes('goes on'))
      hanging.child.kill('SIGCONT')
      expect(await hanging.ended()).toBe(6)
      expect((await rig.sluice('rollout', 'promote', '--full')).code).toBe(0)
      expect(await taken.ended(), taken.said()).toBe(0)
      expect(await releaseAt(address)).toBe('2.0.0')
      expect((await show(rig)).state).toBe('succeeded')
    })
  })

  it('go on with what was left where apply is asked for the same again', async () => {
    await inShop({bake: '10m'}, async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      running.child.kill('SIGKILL')
      await running.ended()
      await hurried(rig)
      const {id} = await show(rig)
      const applied = await rig.sluice('apply', '--yes')
      expect([applied.code, applied.stderr]).toEqual([
        0,
        expect.stringContaining(`rollout ${id} has not come to its end`),
      ])
      expect((await show(rig)).id).toBe(id)
      expect(await releaseAt(address)).toBe('2.0.0')
    })
  })
})

describe('a machine that is restarted in the middle of a step', () => {
  it('resume starts again what ran, and the step from its beginning, and blames nobody', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      const {id} = await show(rig)
      // Command, balancer and every instance.
      await rig.sweep()
      await running.ended()
      const resumed = start(rig, 'rollout', 'resume')
      await heldAt(resumed, 50)
      expect(resumed.said()).toContain('what should run already and does not is started first: accounts, billing')
      expect(await releaseAt(address)).toMatch(/^[12]\.0\.0$/)
      expect((await rig.sluice('rollout', 'promote', '--full')).code).toBe(0)
      expect(await resumed.ended(), resumed.said()).toBe(0)
      expect(await releaseAt(address)).toBe('2.0.0')
      expect(await show(rig)).toMatchObject({state: 'succeeded'})
      const shown = (await json(rig, 'rollout', 'show', id)).document as RolloutShown
      expect(shown.state).toBe('succeeded')
      expect((await rig.sluice('plan')).stderr).not.toContain('taken back')
    })
  })
})

describe('a machine that is restarted, and a step that nobody wants any more', () => {
  it('abort takes it back, and starts what it goes back to', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      await rig.sweep()
      await running.ended()
      const aborted = await rig.sluice('rollout', 'abort')
      expect([aborted.code, aborted.stderr]).toEqual([
        0,
        expect.stringContaining('what it goes back to does not run, and is started: accounts, billing'),
      ])
      expect(await releaseAt(address)).toBe('1.0.0')
      const {rollouts} = (await json(rig, 'rollout', 'list')).document as {rollouts: readonly RolloutShown[]}
      expect(rollouts.map(({state}) => state)).toEqual(['succeeded', 'aborted', 'succeeded'])
      // Lines are made from less than documents, and say the same.
      const lines = (await rig.sluice('rollout', 'list')).stdout.trimEnd().split('\n')
      const outlines = rollouts.map(outlineOf).map(one => `${one.id} ${one.state} ${one.succeeded}/${one.steps}`)
      expect(lines.map(line => line.split(/ +/, 3).join(' '))).toEqual(outlines)
    })
  })
})

describe('signals', () => {
  it('twice SIGINT takes back what is under way', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      // While the balancer does not answer nothing can be left yet, so that the second one finds somebody.
      const balancer = await balancerOf(rig)
      process.kill(balancer, 'SIGSTOP')
      running.child.kill('SIGINT')
      await eventually(() => running.said().includes('once more takes back'))
      running.child.kill('SIGINT')
      await eventually(() => running.said().includes('once more leaves at once'))
      process.kill(balancer, 'SIGCONT')
      expect(await running.ended()).toBe(1)
      expect(running.said()).toContain('taken back on request')
      expect(await releaseAt(address)).toBe('1.0.0')
    })
  })

  it('SIGTERM only pauses, however often it comes', async () => {
    await inRunningShop(async (rig, address) => {
      const running = start(rig, 'apply', '--yes')
      await heldAt(running, 50)
      running.child.kill('SIGTERM')
      running.child.kill('SIGTERM')
      expect(await running.ended()).toBe(4)
      expect((await show(rig)).state).toBe('paused')
      expect((await rig.sluice('rollout', 'abort')).code).toBe(0)
      expect(await releaseAt(address)).toBe('1.0.0')
    })
  })
})

describe('a release that was taken back', () => {
  it('is shown by plan, refused by apply, and tried again when it is forgiven', async () => {
    await inShop({broken: {APP_STATUS: '500'}, bake: '1s'}, async rig => {
      expect((await rig.sluice('apply', '--yes')).code).toBe(1)
      const planned = await rig.sluice('plan')
      expect(planned.stderr).toContain('accounts@2.0.0 was taken back in rollout')
      const refused = await json(rig, 'apply', '--yes')
      expect(refused).toMatchObject({code: 6, document: {error: {hint: expect.stringContaining('--again')}}})
      expect((await rig.sluice('apply', '--yes', '--again')).code).toBe(1)
      expect((await rig.sluice('rollout', 'forgive', 'accounts@9.9.9')).code).toBe(2)
      const forgiven = await json(rig, 'rollout', 'forgive', 'accounts@2.0.0')
      expect(forgiven).toMatchObject({code: 0, document: {forgiven: {service: 'accounts', pool: '2.0.0'}}})
      const clean = await rig.sluice('plan', '--json')
      expect([clean.stderr, (JSON.parse(clean.stdout) as Plan).steps.length]).toEqual(['', 2])
    })
  })
})

describe('what there is no record of, and what is on record and does not run', () => {
  it('is taken for what its labels say, and is started again where nothing of it runs any more', async () => {
    await inShop({}, async (rig, address) => {
      expect((await rig.sluice('apply', '--yes')).code).toBe(0)
      await rm(join(rig.folder, '.sluice', 'state.db'))
      const planned = await rig.sluice('plan')
      expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('nothing to do')])
      expect(planned.stderr).toContain('there is no record of accounts; 2.0.0 runs by its labels')
      const back = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')
      expect(back.code, back.stderr).toBe(0)
      expect(await releaseAt(address)).toBe('1.0.0')

      await rig.sweep()
      const again = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')
      expect(again.stdout).toContain('What should run already and does not is started first')
      expect(again.code, again.stderr).toBe(0)
      expect(await releaseAt(address)).toBe('1.0.0')
      const settled = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')
      expect(settled.stdout).toContain('nothing to do')

      await rm(join(rig.folder, '.sluice', 'state.db'))
      const file = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
      const without = file.replace(/ {2}billing:\n[^]*(?=environments:)/, '').replaceAll(/, billing: [\d.]+/g, '')
      await rig.write('sluice.yaml', without)
      const shown = await rig.sluice('status', '--sample', '0s')
      expect(shown.stdout, shown.stderr).toMatch(/explained by no record[^]*billing 1\.0\.0 +not in the balancer/)
      expect((await rig.sluice('prune')).code).toBe(2)
      const pruned = await json(rig, 'prune', '--yes', '--reason', 'it moved')
      expect(pruned).toMatchObject({code: 0, document: {removed: [{service: 'billing', pool: '1.0.0'}]}})
      expect((await rig.sluice('prune')).stdout).toContain('nothing runs that no record explains')
      expect(await releaseAt(address)).toBe('1.0.0')
    })
  })
})
