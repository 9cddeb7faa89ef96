import {describe, expect, it} from 'vitest'
import type {Plan} from '../../src/core/plan/plan.ts'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {hurried, shop} from '../support/shop.ts'

/** A rig whose instances are ended with it: they outlive the command on purpose. */
async function inShop(
  work: (rig: Rig, address: string) => Promise<void>,
  made: Parameters<typeof shop>[1] = {},
): Promise<void> {
  const rig = await openRig()
  try {
    await work(rig, await shop(rig, made))
  } finally {
    await rig.sweep()
    await rig.end()
  }
}

describe('sluice apply', () => {
  it('starts what current says, carries the plan out, and has nothing to do afterwards', async () => {
    await inShop(async (rig, address) => {
      const applied = await rig.sluice('apply', '--yes', '--json', '--reason', 'a test')
      expect(applied.code, applied.stderr).toBe(0)
      const rollout = JSON.parse(applied.stdout) as RolloutShown
      expect(rollout.state).toBe('succeeded')
      expect(rollout.steps.map(({id, state, share}) => [id, state, share])).toEqual([
        ['accounts-1', 'succeeded', 100],
        ['billing-1', 'succeeded', 100],
      ])
      expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({service: 'accounts', release: '2.0.0'})

      const status = JSON.parse((await rig.sluice('status', '--sample', '0s', '--json')).stdout) as {
        services: unknown[]
      }
      expect(status.services).toMatchObject([
        {service: 'accounts', state: {release: '2.0.0', mode: null}, pools: [{name: 'current', share: {asked: 100}}]},
        {service: 'billing', state: {release: '2.0.0', mode: null}},
      ])
      const again = await rig.sluice('apply', '--yes')
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')])
      const listed = JSON.parse((await rig.sluice('rollout', 'list', '--json')).stdout) as {rollouts: RolloutShown[]}
      expect(listed.rollouts.map(({state}) => state)).toEqual(['succeeded', 'succeeded'])
    })
  })

  it('takes a release back that fails its check, and ends with 1', async () => {
    await inShop(
      async (rig, address) => {
        const applied = await rig.sluice('apply', '--yes')
        expect(applied.code).toBe(1)
        expect(applied.stderr).toContain('accounts-1  taken back: accounts 2.0.0 failed its check http /')
        expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({release: '1.0.0'})
        const shown = JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown
        expect(shown.state).toBe('failed')
        expect(shown.steps.map(({state}) => state)).toEqual(['rolled-back', 'pending'])
      },
      {broken: {APP_STATUS: '500'}, bake: '2s'},
    )
  })

  it('refuses a kept plan that no longer fits, and a file that is none', async () => {
    await inShop(async rig => {
      expect((await rig.sluice('plan', '--out', 'plan.json')).code).toBe(0)
      expect((await rig.sluice('apply', '--yes')).code).toBe(0)
      const stale = await rig.sluice('apply', 'plan.json', '--yes')
      expect([stale.code, stale.stderr]).toEqual([
        6,
        expect.stringContaining('accounts: planned from 1.0.0, now 2.0.0'),
      ])
      await rig.write('no-plan.json', '{"sluicePlan": 2}')
      const none = await rig.sluice('apply', 'no-plan.json', '--yes')
      expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no-plan.json is no plan')])
    })
  })

  it('asks before it acts, and with nobody there says how to go on', async () => {
    await inShop(async rig => {
      const asked = await rig.sluice('apply')
      expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('pass --yes')])
      expect(rig.left()).toEqual([])
    })
  })

  it('is killed in the middle, resumes from what is there, and a second operator is told who holds it', async () => {
    await inShop(
      async (rig, address) => {
        const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
        let said = ''
        holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        await eventually(() => said.includes('share 50 %'))
        const second = await rig.sluice('apply', '--yes')
        expect([second.code, second.stderr]).toEqual([5, expect.stringContaining(String(holder.pid))])
        holder.kill('SIGKILL')
        await eventually(() => holder.signalCode !== null)
        expect((await fetch(`http://${address}/`)).status).toBe(200)

        await hurried(rig)
        const resumed = await rig.sluice('rollout', 'resume', '--json')
        expect(resumed.code, resumed.stderr).toBe(0)
        expect((JSON.parse(resumed.stdout) as RolloutShown).state).toBe('succeeded')
        expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({release: '2.0.0'})
      },
      {bake: '10m'},
    )
  })

  it('stops where it is safe on SIGINT, and goes on when it is told to', async () => {
    await inShop(
      async rig => {
        const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
        let said = ''
        holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        await eventually(() => said.includes('share 50 %'))
        holder.kill('SIGINT')
        await eventually(() => holder.exitCode !== null)
        expect(holder.exitCode).toBe(4)
        expect(said).toContain('sluice rollout resume')
        await hurried(rig)
        expect((await rig.sluice('rollout', 'resume')).code).toBe(0)
      },
      {bake: '10m'},
    )
  })
})

describe('sluice plan, in a folder of its own', () => {
  it('has exit codes for scripts', async () => {
    await inShop(async rig => {
      const steps = await rig.sluice('plan', '--detailed-exitcode', '--json')
      expect(steps.code).toBe(2)
      expect((JSON.parse(steps.stdout) as Plan).steps.map(({id}) => id)).toEqual(['accounts-1', 'billing-1'])
      expect(
        (await rig.sluice('plan', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0', '--detailed-exitcode')).code,
      ).toBe(0)
    })
    await inShop(
      async rig => {
        const impossible = await rig.sluice('plan', '--json')
        expect(impossible.code).toBe(3)
        expect(JSON.parse(impossible.stdout)).toMatchObject({
          steps: null,
          suggestions: [{kind: 'move', service: 'accounts', release: '2.0.0'}],
        })
      },
      {target: '{ billing: 2.0.0 }'},
    )
  })
})
