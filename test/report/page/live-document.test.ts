import {describe, expect, it} from 'vitest'
import type {LiveStep} from '../../../src/core/rollout/live.ts'
import {changeSince, type LiveDocument, liveDocument} from '../../../src/report/page/live-document.ts'

const step = (id: string, difference: Partial<LiveStep> = {}): LiveStep => ({
  id,
  service: id.slice(0, -2),
  is: 'waiting',
  share: 0,
  why: [],
  checks: [],
  ...difference,
})
const document = (steps: readonly LiveStep[], id = 'r1', shares = new Map<string, number>()) =>
  liveDocument({id, state: 'running'}, steps, shares, [])
const IDLE: LiveDocument = {is: 'idle'}

describe('what a page is told', () => {
  it('says what a step does, its measured share while it moves, and until when it is held', () => {
    const held = step('a-1', {is: 'holding', act: {do: 'route', share: 25}, share: 25, until: 70_000})
    const shares = new Map([
      ['a', 24.8],
      ['b', 50],
    ])
    expect(document([held, step('b-1')], 'r1', shares).steps).toEqual([
      {id: 'a-1', mood: 'running', doing: 'holds 25 %', asked: 25, measured: 24.8, until: 70_000, why: [], checks: []},
      {id: 'b-1', mood: 'pending', doing: 'has not begun', asked: 0, why: [], checks: []},
    ])
  })

  it('has no control characters of somebody else', () => {
    const [line] = document([step('a-1', {why: ['\u001b[31m\u202e']})]).steps
    expect(line?.why).toEqual(['\\u001b[31m\\u202e'])
  })

  it('is only the steps that are other than before, to whoever has heard of them', () => {
    const before = document([step('a-1'), step('b-1'), step('c-1')])
    const now = document([step('a-1'), step('b-1', {is: 'succeeded'}), step('c-1')])
    expect(changeSince(before, now)).toEqual({...now, steps: [now.steps[1]]})
    expect(changeSince(before, before)).toEqual({...before, steps: []})
  })

  it('is the whole of another rollout, and of the first', () => {
    const now = document([step('a-1')], 'r2')
    for (const before of [undefined, IDLE, document([step('a-1')])]) expect(changeSince(before, now)).toBe(now)
    expect(changeSince(now, IDLE)).toBe(IDLE)
  })
})
