import {describe, expect, it} from 'vitest'
import {holders, whoAmI} from '../../src/adapters/holders.ts'

describe('whoever holds a lock', () => {
  it('is not gone while the process lives', () => {
    expect(holders.isGone(whoAmI())).toBe(false)
  })

  it('is gone when another process has its number', () => {
    expect(holders.isGone({...whoAmI(), started: 'earlier'})).toBe(true)
  })

  it('is not known to be gone on another machine, or before it started anew', () => {
    const gone = {...whoAmI(), started: 'earlier'}
    expect(holders.isGone({...gone, host: 'elsewhere'})).toBe(false)
    expect(holders.isGone({...gone, boot: 'another'})).toBe(false)
  })

  it('is named after the person, also in CI', () => {
    expect(whoAmI({}).name).not.toBe('')
    expect(whoAmI({GITHUB_ACTOR: 'anna'}).name).toBe('anna')
  })
})
