import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {pageOf} from '../../../src/app/page.ts'
import type {NoPlan} from '../../../src/core/plan/plan.ts'
import {pageDocument} from '../../../src/report/page/document.ts'
import {html, jsonBlock, raw, textOf} from '../../../src/report/page/html.ts'
import {changesOf} from '../../../src/report/page/instants.ts'
import {MOST_PICTURED} from '../../../src/report/page/plan-page.ts'
import {HOSTILE, MIGRATION, plan, step} from '../plan/plans.ts'

const PARTS = {style: 'p{}\r\nb{}', script: '1'}

describe('the template', () => {
  it('escapes what is filled in, in text and in attributes', () => {
    expect(textOf(html`<b title="${'"><script>'}">${"</b>&'"}</b>`)).toBe(
      '<b title="&quot;&gt;&lt;script&gt;">&lt;/b&gt;&amp;&#39;</b>',
    )
  })
  it('nests, joins lists and leaves out what is not there', () => {
    expect(textOf(html`<p>${[html`<i>${1}</i>`, 'a<b']}${false}${undefined}${raw('<hr>')}</p>`)).toBe(
      '<p><i>1</i>a&lt;b<hr></p>',
    )
  })
  it('takes no value for markup because of how it is made', () => {
    const sly = JSON.parse('["</script><script>alert(1)</script>"]') as string[]
    expect(textOf(html`${sly}`)).not.toContain('<')
  })
  it('has no way out of a data block', () => {
    const text = textOf(jsonBlock('plan', ['</script><!--<script>']))
    expect(text.match(/</g)).toHaveLength(2)
    expect(JSON.parse(text.replace(/^<[^>]*>|<[^>]*>$/g, ''))).toEqual(['</script><!--<script>'])
  })
})

describe('the document', () => {
  it.each([
    ['style', PARTS],
    ['script', PARTS],
  ] as const)('allows just its own %s, by hash', (name, parts) => {
    const page = pageDocument('t', html`<p>b</p>`, parts)
    const inside = new RegExp(`<${name}>([^]*?)</${name}>`).exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(inside).digest('base64')
    expect(page).toContain(`${name}-src 'sha256-${hash}'`)
    expect(page).toContain(`content="default-src 'none';`)
    expect(inside).not.toContain('\r')
  })
  it('refuses a part that would end itself', () => {
    expect(() => pageDocument('t', html``, {...PARTS, script: '"</SCRIPT>"'})).toThrow('</script')
  })
})

describe('the page of a plan', () => {
  it('loads nothing and has no script or style but its own', async () => {
    const page = await pageOf(MIGRATION)
    expect(page.replaceAll(/<(style|script)[^>]*>[^]*?<\/\1>/g, '')).not.toMatch(
      /\s(src|href|style|on\w+)=|url\((?!#)|https?:/,
    )
    expect(page.match(/<script/g)).toHaveLength(2)
  })

  it('takes no name for markup, anywhere', async () => {
    const name = `</script><script>alert(1)</script><img src=x onerror="a" '>`
    const state = {release: name, mode: name}
    const sly = step(`${name}-1`, 1, {
      service: name,
      from: state,
      to: state,
      gates: [{kind: 'contract-unused', contract: name, major: 1}],
      reasons: [{contract: name, with: name, text: name}],
    })
    const excused = [{client: name, server: name, contract: name, reason: name}]
    const page = await pageOf(
      plan([sly, {...sly, id: 'b', wave: 2, after: [sly.id]}], {system: name, environment: name, excused}),
    )
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).not.toContain('<img')
    expect(page).not.toContain('"a"')
  })

  it('writes out what would turn or break text', async () => {
    const page = await pageOf(HOSTILE)
    for (const char of ['\u001b', '\u202e']) expect(page).not.toContain(char)
    expect(page).not.toContain('<b>')
  })

  it('is a picture up to a size, and waves to open beyond it', async () => {
    const many = (count: number) => plan(Array.from({length: count}, (_, at) => step(`s${at}-1`, 1)))
    expect(await pageOf(many(MOST_PICTURED))).toContain('<svg')
    const large = await pageOf(many(MOST_PICTURED + 1))
    expect(large).not.toContain('<svg')
    expect(large).toContain('<details class="wave"')
  })

  it('says so where there is nothing to do', async () => {
    expect(await pageOf(plan([]))).toContain('Nothing to do')
  })

  it('has conflicts and suggestions where there is no plan', async () => {
    const side = {service: '<i>billing', release: '1.0.0', mode: 'v1'}
    const no: NoPlan = {
      sluicePlan: 1,
      steps: null,
      why: 'impossible',
      text: 'nobody gets <past> 2.0',
      conflicts: [{contract: 'api', client: side, server: {service: 'accounts', release: null}, text: 'they <clash>'}],
      suggestions: [{kind: 'move', service: 'billing', release: '2.0.0', text: 'move <it>'}],
    }
    const page = await pageOf(no)
    for (const text of [
      'No safe plan',
      '&lt;i&gt;billing',
      '1.0.0:v1',
      'they &lt;clash&gt;',
      'move &lt;it&gt;',
      '&lt;past&gt;',
    ])
      expect(page).toContain(text)
  })
})

describe('what is live', () => {
  it('is both states while a wave is carried out', () => {
    expect(changesOf(MIGRATION).get('billing')).toEqual([
      {at: 0, live: ['1.0.0']},
      {at: 1, live: ['1.0.0', '2.0.0:v1']},
      {at: 2, live: ['2.0.0:v1']},
      {at: 5, live: ['2.0.0:v1', '2.0.0:v2']},
      {at: 6, live: ['2.0.0:v2']},
    ])
  })
})
