import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

const BIN = join(process.cwd(), 'bin/run.js')
const APPLY = ['apply', '--yes', '--to', 'accounts=2.0.0', '--to', 'billing=1.0.0']

/** The command at a terminal of its own, and a person who answers what it asks. */
async function atTerminal(rig: Rig, name: string, answer: string, ...args: readonly string[]) {
  const line = ['env', '-u', 'NO_COLOR', `GITHUB_ACTOR=${name}`, process.execPath, BIN, ...args].join(' ')
  const child = rig.hold('script', '-qefc', line, '/dev/null')
  let said = ''
  let isAsked = false
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (isAsked || !said.includes('Only "yes" is taken')) return
    isAsked = true
    child.stdin?.write(`${answer}\n`)
  })
  await eventually(() => child.exitCode !== null)
  return {code: child.exitCode, said, isAsked}
}

it('asks for an approval where somebody who may give it sits at the terminal, and nobody else', async () => {
  const rig = await openRig()
  try {
    await shop(rig)
    const file = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
    expect((await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')).code).toBe(0)
    await rig.write(
      'sluice.yaml',
      file.replace(
        '    role: critical\n',
        '    role: critical\n    gates: [{ approval: [anna, ben], name: owners }]\n',
      ),
    )
    const piped = await rig.sluice(...APPLY)
    expect([piped.code, piped.stderr]).toEqual([4, expect.stringContaining('1 of anna, ben must approve')])
    const carl = await atTerminal(rig, 'carl', 'yes', 'rollout', 'resume')
    expect(carl).toMatchObject({code: 4, isAsked: false})
    const unsure = await atTerminal(rig, 'anna', 'no', 'rollout', 'resume')
    expect(unsure).toMatchObject({code: 4, isAsked: true})
    const anna = await atTerminal(rig, 'anna', 'yes', 'rollout', 'resume', '--reason', '"looks good"')
    expect(anna.said).toContain('accounts-1 waits to be approved by 1 of anna, ben. Do you approve, anna?')
    expect(anna.code, anna.said).toBe(0)
    const shown = JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown
    expect(shown.state).toBe('succeeded')
    expect(JSON.stringify(shown.steps[0]?.gates)).toContain('approved by anna (looks good)')
  } finally {
    await rig.sweep()
    await rig.end()
  }
})
