import {expect, it} from 'vitest'
import {lineOf} from '../../../src/core/event/line.ts'

it('is one flat document with its version, its number and its type', () => {
  const event = {
    at: Date.UTC(2026, 0, 2),
    rollout: 'r1',
    code: 'act-done',
    step: 'a-1',
    act: {do: 'route', share: 5},
  } as const
  expect(lineOf(event, 3)).toEqual({
    v: 1,
    seq: 3,
    at: '2026-01-02T00:00:00.000Z',
    type: 'act-done',
    rollout: 'r1',
    step: 'a-1',
    act: {do: 'route', share: 5},
  })
})
