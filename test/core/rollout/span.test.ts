import {describe, expect, it} from 'vitest'
import type {Span} from '../../../src/core/config/config.ts'
import {isWithin, spanText} from '../../../src/core/rollout/span.ts'

const at = (text: string) => Date.parse(text)

describe('a stretch of days', () => {
  const holidays: Span = {is: 'dates', from: '2026-12-20', to: '2027-01-04'}

  it('holds both its ends, on the clocks of its zone', () => {
    const berlin = (text: string) => isWithin(holidays, 'Europe/Berlin', at(text))
    expect(berlin('2026-12-19T22:59:00Z')).toBe(false)
    expect(berlin('2026-12-19T23:00:00Z')).toBe(true)
    expect(berlin('2027-01-04T22:59:59Z')).toBe(true)
    expect(berlin('2027-01-04T23:00:00Z')).toBe(false)
    expect(isWithin(holidays, 'Pacific/Auckland', at('2026-12-19T12:00:00Z'))).toBe(true)
  })

  it('may begin and end within a day', () => {
    const night: Span = {is: 'dates', from: '2026-12-31T18:00', to: '2027-01-01T06:00'}
    expect(isWithin(night, 'UTC', at('2026-12-31T17:59:59Z'))).toBe(false)
    expect(isWithin(night, 'UTC', at('2026-12-31T18:00:00Z'))).toBe(true)
    expect(isWithin(night, 'UTC', at('2027-01-01T06:00:59Z'))).toBe(true)
    expect(isWithin(night, 'UTC', at('2027-01-01T06:01:00Z'))).toBe(false)
  })
})

describe('a stretch of every week', () => {
  it('is on its days, from the one time until just before the other', () => {
    const office: Span = {is: 'weekly', days: ['mon', 'tue'], from: '09:00', to: '16:00'}
    const berlin = (text: string) => isWithin(office, 'Europe/Berlin', at(text))
    // 2026-11-30 is a Monday.
    expect(berlin('2026-11-30T07:59:00Z')).toBe(false)
    expect(berlin('2026-11-30T08:00:00Z')).toBe(true)
    expect(berlin('2026-11-30T14:59:59Z')).toBe(true)
    expect(berlin('2026-11-30T15:00:00Z')).toBe(false)
    expect(berlin('2026-12-02T10:00:00Z')).toBe(false)
  })

  it('may go on after midnight, over the end of the week too', () => {
    const nights: Span = {is: 'weekly', days: ['fri', 'sun'], from: '16:00', to: '08:00'}
    const utc = (text: string) => isWithin(nights, 'UTC', at(text))
    expect(utc('2026-11-27T15:59:00Z')).toBe(false)
    expect(utc('2026-11-27T16:00:00Z')).toBe(true)
    expect(utc('2026-11-28T07:59:00Z')).toBe(true)
    expect(utc('2026-11-28T08:00:00Z')).toBe(false)
    expect(utc('2026-11-28T16:00:00Z')).toBe(false)
    expect(utc('2026-11-30T07:59:00Z')).toBe(true)
  })

  it('goes by the clock on the wall when the clocks change', () => {
    const night: Span = {is: 'weekly', days: ['sun'], from: '00:00', to: '03:00'}
    const berlin = (text: string) => isWithin(night, 'Europe/Berlin', at(text))
    // At 01:00 UTC on 2026-10-25 it is 02:00 there for the second time.
    expect(berlin('2026-10-25T00:30:00Z')).toBe(true)
    expect(berlin('2026-10-25T01:30:00Z')).toBe(true)
    expect(berlin('2026-10-25T02:00:00Z')).toBe(false)
    // At 01:00 UTC on 2026-03-29 it is 03:00 at once.
    expect(berlin('2026-03-29T00:59:00Z')).toBe(true)
    expect(berlin('2026-03-29T01:00:00Z')).toBe(false)
  })

  it('is said in words', () => {
    const nights: Span = {is: 'weekly', days: ['fri', 'sun'], from: '16:00', to: '08:00'}
    expect(spanText(nights, 'Europe/Berlin')).toBe('fri, sun 16:00 to 08:00, Europe/Berlin')
    expect(spanText({is: 'dates', from: '2026-12-20', to: '2027-01-04'}, 'UTC')).toBe('2026-12-20 to 2027-01-04, UTC')
  })
})
