import {expect, it} from 'vitest'
import {pauseAfter} from '../../../../src/adapters/balancer/embedded/standby/pause.ts'

it('a standby that ends is followed by another at once', () => {
  expect(pauseAfter(20, undefined)).toBe(0)
  expect(pauseAfter(10_000, 60_000)).toBe(0)
})

it('those that end at once, one after the other, have longer and longer pauses between them', () => {
  const pauses = Array.from({length: 8}).reduce<number[]>(before => [...before, pauseAfter(20, before.at(-1))], [])
  expect(pauses).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000])
})
