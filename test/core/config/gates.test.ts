import {describe, expect, it} from 'vitest'
import {problemsOf, valid} from './support.ts'

const text = (gate: string) => `sluice: 1\nsystem: shop\nservices:\n  a: { gates: [${gate}] }\n`
const read = (gate: string) => valid(text(gate)).services.get('a')?.gates?.[0]
const wrong = (gate: string) => problemsOf(text(gate)).map(problem => problem.replace(/^\d+:\d+ /, ''))

describe('a gate', () => {
  it.each([
    ['{ approval: [anna, ben, anna], count: 2 }', {kind: 'approval', by: ['anna', 'ben'], count: 2}],
    [
      '{ freeze: { from: 2026-12-20, to: 2027-01-04T12:00 }, timezone: Europe/Berlin, reason: holidays, name: xmas }',
      {
        kind: 'freeze',
        during: {is: 'dates', from: '2026-12-20', to: '2027-01-04T12:00'},
        timezone: 'Europe/Berlin',
        reason: 'holidays',
        name: 'xmas',
      },
    ],
    [
      '{ window: { days: [mon, tue], from: "09:00" } }',
      {kind: 'window', during: {is: 'weekly', days: ['mon', 'tue'], from: '09:00', to: '24:00'}, timezone: 'UTC'},
    ],
    [
      '{ command: ./ready --now }',
      {kind: 'command', command: ['./ready', '--now'], timeoutMs: 60_000, intervalMs: 30_000},
    ],
    ['{ spacing: 10m }', {kind: 'spacing', ms: 600_000}],
    ['{ matrix: passed }', {kind: 'matrix'}],
  ])('is read: %s', (written, gate) => {
    expect(read(written)).toEqual(gate)
  })

  it.each([
    ['{ approval: [anna], count: 2 }', '2 of 1 people cannot say yes (name more of them, or ask for fewer)'],
    ['{ approval: [] }', '0 names are too few (name at least 1)'],
    ['{ timezone: UTC }', 'the gate asks for nothing (name one of approval, freeze, window, command, spacing, matrix)'],
    ['{ matrix: passed, spacing: 1m }', 'one gate holds spacing and matrix (make each an entry of its own)'],
    ['{ spacing: 1m, count: 2 }', 'a gate of spacing has no count (leave count out)'],
    [
      '{ freeze: { days: [fri] }, timezone: Europe/Berlim }',
      '"Europe/Berlim" is not a time zone (write it like Europe/Berlin, or UTC)',
    ],
    [
      '{ freeze: { days: [friday] } }',
      '"friday" is not a day of the week (there may be: mon, tue, wed, thu, fri, sat, sun)',
    ],
    ['{ freeze: { from: "16:00", to: "18:00" } }', 'a time of day needs days (name them, like days: [fri, sat, sun])'],
    ['{ freeze: { from: 2026-12-24 } }', 'it says not from when to when (name days, or from and to)'],
    ['{ freeze: { from: 2026-12-24, to: 2026-12-20 } }', '2026-12-20 is before 2026-12-24'],
    [
      '{ freeze: { days: [fri], from: 2026-12-24 } }',
      'days of the week go with times of day (write from and to like "16:00")',
    ],
    [
      '{ freeze: { from: 2026-13-24, to: 2026-12-20 } }',
      '"2026-13-24" is not a day or a time of day (write it like 2026-12-20, 2026-12-20T18:00 or 18:00)',
    ],
  ])('is refused: %s', (written, message) => {
    expect(wrong(written)[0]).toBe(message)
  })
})
