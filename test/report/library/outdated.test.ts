import {describe, expect, it} from 'vitest'
import {type OutdatedPage, outdatedText} from '../../../src/report/library/outdated.ts'

const page = (gaps: readonly string[]): OutdatedPage => ({
  service: 'shop',
  branch: 'prod',
  commit: '1234567890',
  libraries: 2,
  updates: [],
  advisories: [{source: 'OSV', answered: true}],
  gaps,
})

describe('a service without updates', () => {
  it('has the newest of everything only where somebody could say so', () => {
    const look = {columns: 100, colour: false}
    expect(outdatedText([page([])], look)).toContain('nothing newer to take')
    const offline = outdatedText([page(['PyPI did not answer for a: ENOTFOUND'])], look)
    expect(offline).toContain('nothing newer is known')
    expect(offline).toContain('PyPI did not answer for a')
  })
})
