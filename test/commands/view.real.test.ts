import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {CHROMIUM, launched} from '../support/chromium.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

const PROGRAM = resolve('bin/run.js')

describe.skipIf(CHROMIUM === undefined)('sluice view in a browser (needs the program chromium)', () => {
  let browser: Browser
  let rig: Rig
  beforeAll(async () => {
    rig = await openRig()
    browser = await launched()
  })
  afterAll(async () => {
    await browser?.close()
    await rig.sweep()
    await rig.end()
  })

  /** The address that the command prints first. */
  async function viewed(...flags: readonly string[]): Promise<string> {
    const view = rig.hold(process.execPath, PROGRAM, 'view', ...flags)
    const [first] = (await once(view.stdout ?? view, 'data')) as [Buffer]
    return first.toString().trim()
  }

  const text = (page: Page, selector: string) => page.locator(selector).innerText()
  const shown = async () => JSON.parse((await rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown

  it('shows the plan, follows the rollout that begins, and carries what is asked to it', async () => {
    await shop(rig)
    expect((await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0')).code).toBe(0)
    const file = join(rig.folder, 'sluice.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('bake: 0s', 'bake: 60s'))
    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('pageerror', error => wrong.push(error.message))
    page.on('dialog', dialog => dialog.accept('the shop is on television'))
    await page.goto(await viewed('--allow-actions', '--may', '*=pause,abort'))
    expect(page.url()).not.toContain('token')
    await expect.poll(() => page.locator('#canvas [data-step]').count()).toBe(2)
    expect(await page.locator('#live').isVisible()).toBe(false)

    rig.hold(process.execPath, PROGRAM, 'apply', '--yes', '--wait')
    await expect.poll(() => text(page, '#now-steps')).toContain('accounts-1 holds 50 %')
    expect(await text(page, '#now-steps')).toMatch(/\d+ s left/)
    expect(await page.locator('#canvas .now-running').count()).toBe(1)
    expect(await page.locator('[data-deed]').allInnerTexts()).toEqual(['Pause', 'Abort'])

    await page.click('[data-deed=pause]')
    await expect.poll(() => text(page, '#now-answer')).toContain('has heard it')
    await expect.poll(() => text(page, '#now-said')).toContain('asks to pause: the shop is on television')
    await expect.poll(() => page.locator('#now-error').getAttribute('class')).toBe('notice is-gate')
    await page.click('[data-deed=abort]')
    await expect.poll(() => text(page, '#now-state')).toBe('aborted')
    expect((await shown()).state).toBe('aborted')
    expect(wrong).toEqual([])
  })
})
