import {expect, it} from 'vitest'
import {shown} from '../../../src/core/rollout/show.ts'
import {run, resume} from '../../../src/engine/rollout.ts'
import {rolloutText} from '../../../src/report/rollout/text.ts'
import {planOf, whoOf, world} from '../../support/world.ts'

const PLAN = planOf({
  service: 'accounts',
  moves: ['1.0.0', '2.0.0'],
  gates: [{kind: 'approval', by: ['ben'], count: 1}],
})
const HOOK = {id: 'expand', of: 'accounts', command: ['./expand'], timeoutMs: 1000, idempotent: false}

/** A release that is approved, passes one share, and fails at the next. */
async function story() {
  const one = world()
    .service('accounts', '1.0.0')
    .hooks(
      () => ({before: [HOOK]}),
      async () => ({ok: true, output: 'two tables\nadded'}),
    )
  await one.clock.run(run(one.deps, PLAN, 'r1', one.options({reason: 'new API'})))
  for (const name of ['mallory', 'ben']) {
    const wish = {do: 'approve', gate: 'approval', waive: false} as const
    await one.deps.state.ask('prod', 'r1', {id: name, by: {...whoOf(7), name}, at: 5, wish, reason: 'looks good'})
  }
  const running = resume(one.deps, 'prod', 'r1', one.options())
  await one.clock.advance(15_000)
  one.release('accounts', '2.0.0', {errorRate: 0.5})
  await one.clock.run(running)
  const rollout = await one.deps.state.load('prod', 'r1')
  if (!rollout.ok) throw new Error(rollout.failure.message)
  return shown(rollout.value)
}

it('shows who did what and why, and what every verdict rested on', async () => {
  const rollout = await story()
  expect(rollout.acts.map(({by, did, reason, refused}) => [by.name, did, reason, refused])).toEqual([
    ['anna', 'begin', 'new API', undefined],
    ['anna', 'resume', 'apply', undefined],
    ['mallory', 'approve approval', 'looks good', 'mallory may not approve'],
    ['ben', 'approve approval', 'looks good', undefined],
  ])
  const [step] = rollout.steps
  expect(step?.gates).toMatchObject([{gate: 'approval', how: 'held', by: ['ben']}])
  expect(step?.hooks).toMatchObject([{hook: 'expand', ok: true, output: 'two tables\nadded'}])
  expect(step?.bakes.map(({share, outcome}) => [share, outcome])).toEqual([
    [10, 'passed'],
    [50, 'failed'],
  ])
  expect(step?.bakes[1]?.measured.checks).toMatchObject([{name: 'errors', verdict: 'failed'}])

  const text = rolloutText(rollout, {colour: false, columns: 120})
  expect(text).toContain('    ◆ approval held: approved by ben (looks good)')
  expect(text).toContain('    ✔ hook expand, 0 s\n      two tables\n      added')
  expect(text).toMatch(
    / {4}✔ 10 %, measured 10 % of \d+ requests: \d+ on next, 0 failed\n {6}✔ errors: 0 of \d+ requests failed/,
  )
  expect(text).toMatch(/ {4}✖ 50 %.*\n {6}✖ errors: \d+ of \d+ requests failed/)
  expect(text).toContain('mallory@here  approve approval: looks good (refused: mallory may not approve)')
})

it('says what a step waits for', async () => {
  const one = world().service('accounts', '1.0.0')
  await one.clock.run(run(one.deps, PLAN, 'r1', one.options()))
  const rollout = await one.deps.state.load('prod', 'r1')
  if (!rollout.ok) throw new Error(rollout.failure.message)
  const document = shown(rollout.value)
  expect(document.steps[0]?.waitsFor).toEqual(['approval: ben must approve'])
  expect(rolloutText(document, {colour: false, columns: 120})).toContain('    waits: approval: ben must approve')
})
