import {describe, expect, it} from 'vitest'
import {EXPLAINED} from '../../src/core/base/explained.ts'
import {EXIT_OF_FAILURE, type FailureCode} from '../../src/core/base/failure.ts'
import {sluice} from '../support/sluice.ts'

const CODES = Object.keys(EXIT_OF_FAILURE) as FailureCode[]

describe('sluice explain', () => {
  it.each(CODES)('%s: has causes and cures, and ends as the code does', async code => {
    const {title, causes, cures} = EXPLAINED[code]
    for (const text of [title, ...causes, ...cures]) expect(text).toMatch(/^[`A-Z].*[.?`]$/s)
    expect(Math.min(causes.length, cures.length)).toBeGreaterThan(0)
    const {exit, stdout} = await sluice('explain', code)
    expect(exit).toBe(0)
    expect(stdout).toContain(`${code}  exit code ${EXIT_OF_FAILURE[code]}`)
    expect(JSON.parse((await sluice('explain', code, '--json')).stdout)).toEqual({
      code,
      exit: EXIT_OF_FAILURE[code],
      ...EXPLAINED[code],
    })
  })

  it('lists every code in a line', async () => {
    const {stdout} = await sluice('explain')
    for (const code of CODES) expect(stdout).toMatch(new RegExp(`^${code} `, 'm'))
  })

  it('names the codes where another one is asked for', async () => {
    const {exit, stderr} = await sluice('explain', 'lokced')
    expect([exit, stderr]).toEqual([2, expect.stringContaining(CODES.join(', '))])
  })

  it('is what every failure points to', async () => {
    const {stderr} = await sluice('explain', 'nothing')
    expect(stderr).toMatch(/ \? sluice explain usage\n$/)
  })
})
