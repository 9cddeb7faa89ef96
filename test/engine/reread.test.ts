import {describe, expect, it} from 'vitest'
import {ok} from '../../src/core/base/result.ts'
import type {Entry} from '../../src/core/rollout/record.ts'
import {reread} from '../../src/engine/reread.ts'
import {planOf} from '../support/world.ts'

const entry = (seq: number): Entry => ({seq, at: seq, fence: 1, record: {code: 'step-started', step: 'a-1'}})
const PLAN = planOf({service: 'a', moves: ['1.0.0', '2.0.0']})

describe('a rollout that is read again', () => {
  it('is asked only for what was added, and is the very same where nothing was', async () => {
    const asked: string[] = []
    const entries = [entry(1), entry(2)]
    const read = reread(
      {
        load: async (environment, id) => {
          asked.push(`load ${id}`)
          return ok({id, environment, plan: PLAN, startedAt: 0, entries: [...entries]})
        },
        later: async (_, id, seq) => {
          asked.push(`later ${id} ${seq}`)
          return ok(entries.slice(seq))
        },
      },
      'prod',
    )
    const seen = async (id: string) => {
      const rollout = await read(id)
      return rollout.ok ? rollout.value : undefined
    }
    const first = await seen('r1')
    expect(await seen('r1')).toBe(first)
    entries.push(entry(3))
    expect((await seen('r1'))?.entries).toEqual(entries)
    await seen('r2')
    expect(asked).toEqual(['load r1', 'later r1 2', 'later r1 2', 'load r2'])
  })
})
