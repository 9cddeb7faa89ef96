import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Browser, Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {pageOf} from '../../../src/app/page.ts'
import type {NoPlan, Plan} from '../../../src/core/plan/plan.ts'
import {CHROMIUM, launched} from '../../support/chromium.ts'
import {openRig, type Rig, rigged} from '../../support/rig.ts'
import {HOSTILE, MIGRATION, plan, step} from '../plan/plans.ts'

describe.skipIf(CHROMIUM === undefined)('the page in a browser (needs the program chromium)', () => {
  let browser: Browser
  let rig: Rig
  let page: Page
  /** What the page asked for but itself, and what went wrong in it. */
  let asked: string[]
  let wrong: string[]

  beforeAll(async () => {
    rig = await openRig()
    browser = await launched()
  })
  afterEach(async () => page.close())
  afterAll(async () => {
    await browser.close()
    await rig.end()
  })

  async function open(made: Plan | NoPlan, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    const file = await rig.write('plan.html', await pageOf(made))
    page = await browser.newPage({viewport: {width: 1400, height: 900}, colorScheme})
    asked = []
    wrong = []
    page.on('request', request => asked.push(request.url()))
    page.on('pageerror', error => wrong.push(error.message))
    page.on('console', message => wrong.push(message.text()))
    page.on('dialog', async dialog => {
      wrong.push(dialog.message())
      await dialog.dismiss()
    })
    await page.goto(pathToFileURL(file).href)
  }

  const card = (index: number) => page.locator(`#canvas [data-step="${index}"]`)
  const about = () => page.locator('#about').innerText()
  const marked = (name: string) =>
    page
      .locator(`#canvas [data-step].${name}`)
      .evaluateAll(list => list.map(element => element.getAttribute('data-step')))
  const live = async (service: string) => page.locator(`.services li[data-service="${service}"] .state`).allInnerTexts()

  it('asks for nothing but itself, and breaks no rule of its own', async () => {
    await open(MIGRATION)
    await card(0).click()
    expect(asked).toHaveLength(1)
    expect(wrong).toEqual([])
  })

  it('tells of a step that is clicked, and marks what goes before and after it', async () => {
    await open(MIGRATION)
    await card(2).click()
    expect(await about()).toContain('billing 1.0.0 calls accounts-api ^1.2')
    expect(await marked('is-picked')).toEqual(['2'])
    expect((await marked('is-before')).sort()).toEqual(['0', '1'])
    expect((await marked('is-later')).sort()).toEqual(['3', '4'])
    expect(await page.locator('.arrows .is-before').count()).toBe(2)
    expect(await page.locator('.arrows .is-later').count()).toBe(2)
    await card(2).click()
    expect(await about()).toContain('How to read this')
  })

  it('tells of gates and of steps with no way back', async () => {
    await open(MIGRATION)
    await card(3).click()
    expect(await about()).toContain('No way back')
    await page.locator('#about .is-later button').click()
    expect(await about()).toContain('no more calls of accounts-api 1.x')
  })

  it('is led by keys alone', async () => {
    await open(MIGRATION)
    await page.keyboard.press('/')
    await page.keyboard.type('accounts')
    expect(await page.locator('#found').innerText()).toBe('2 of 6 steps')
    await page.keyboard.press('Enter')
    expect(await marked('is-picked')).toEqual(['2'])
    await page.keyboard.press('Escape')
    expect(await marked('is-picked')).toEqual([])
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    expect(await marked('is-picked')).toEqual(['4'])
    await page.locator('#find').fill('')
    await card(4).focus()
    await page.keyboard.press('ArrowLeft')
    expect(await marked('is-picked')).toEqual(['3'])
  })

  it('shows what is live at each instant', async () => {
    await open(MIGRATION)
    expect(await live('billing')).toEqual(['1.0.0'])
    await page.locator('#instant').fill('1')
    expect(await live('billing')).toEqual(['1.0.0', '2.0.0:v1'])
    expect(await page.locator('#now').innerText()).toBe('During wave 1')
    expect((await marked('is-running')).sort()).toEqual(['0', '1'])
    await page.locator('#instant').fill('8')
    expect(await live('accounts')).toEqual(['3.0.0'])
    expect(await page.locator('#now').innerText()).toBe('After the last wave')
  })

  it('takes no name for markup or script', async () => {
    await open(HOSTILE)
    await card(0).click()
    expect(await about()).toContain('<img src=x>')
    const name = '</script><img src=x onerror=alert(1)>'
    await page.close()
    await open(plan([step(`${name}-1`, 1, {service: name, reasons: [{text: name, contract: name}]})]))
    await card(0).click()
    expect(await about()).toContain(name)
    expect(await page.locator('img').count()).toBe(0)
    expect([wrong, asked.length]).toEqual([[], 1])
  })

  it('opens waves on demand where there are many steps', async () => {
    const many = Array.from({length: 500}, (_, at) => step(`a${at}-1`, 1))
    await open(plan([...many, ...many.map((_, at) => step(`b${at}-1`, 2, {after: [`a${at}-1`]}))]))
    expect(await page.locator('#canvas [data-step]:visible').count()).toBe(0)
    await page.locator('#canvas summary').nth(1).click()
    expect(await page.locator('#canvas [data-step]:visible').count()).toBe(500)
    await card(507).click()
    expect(await about()).toContain('a7-1')
    expect(await page.locator('.tally').first().innerText()).toBe('1 before it')
  })

  it.each(['light', 'dark'] as const)('can be read in %s', async scheme => {
    await open(MIGRATION, scheme)
    const [ink, ground] = await page.evaluate<string[]>(
      '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
    )
    expect(contrast(ink ?? '', ground ?? '')).toBeGreaterThan(7)
  })

  it('comes from the command, also where there is no plan', async () => {
    const own = await rigged()
    await own.write('sluice.yaml', CLASHING)
    const none = await own.sluice('plan', '--format', 'html', '--out', 'none.html')
    expect(none).toMatchObject({code: 3, stderr: ''})
    page = await browser.newPage()
    await page.goto(pathToFileURL(join(own.folder, 'none.html')).href)
    expect(await page.locator('main').innerText()).toContain('What clashes')
    const made = await own.sluice('plan', '--format', 'html', '--to', 'accounts=1.0.0')
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^<!doctype html>/)
  })
})

const CLASHING = `sluice: 1
system: shop
services:
  accounts:
    releases:
      1.0.0: { provides: { accounts-api: 1.0.0 } }
      2.0.0: { provides: { accounts-api: 2.0.0 } }
  billing:
    releases:
      1.0.0: { consumes: { accounts-api: ^1.0.0 } }
environments:
  production:
    current: { accounts: 1.0.0, billing: 1.0.0 }
    target: { accounts: 2.0.0 }
`

/** How far two colours are apart, as WCAG counts it. */
function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [one, other].map(luminance).sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(part => {
    const share = Number(part) / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
