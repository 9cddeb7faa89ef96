import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {check} from '../../../src/core/plan/check.ts'
import type {Step} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {question} from '../../support/question.ts'
import {backwards, undoOf} from '../../../src/core/rollout/undo.ts'
import {planOf} from '../../support/world.ts'

const MIGRATION = planOf(
  {service: 'accounts', moves: ['1.0.0', '2.0.0']},
  {service: 'web', moves: ['1.0.0', '2.0.0:v1'], wave: 2, after: ['accounts-1']},
  {service: 'web', id: 'web-2', moves: ['2.0.0:v1', '2.0.0:v2'], wave: 3, after: ['accounts-1', 'web-1']},
  {service: 'accounts', id: 'accounts-2', moves: ['2.0.0', '3.0.0'], wave: 4, after: ['web-2', 'accounts-1']},
)

const all = (steps: readonly Step[]) => new Set(steps.map(({id}) => id))
const said = ({id, from, to, after, wave}: Step) =>
  `${wave} ${id} ${from?.release ?? 'none'}${from?.mode ?? ''}>${to?.release ?? 'none'}${to?.mode ?? ''} after ${after.join()}`

describe('the way back of what is done', () => {
  it('is the way there, the other way round', () => {
    const done = all(MIGRATION.steps)
    const {steps, stays} = undoOf(MIGRATION, done, done, () => [])
    expect(steps.map(said)).toEqual([
      '1 accounts-1 3.0.0>2.0.0 after ',
      '2 web-1 2.0.0v2>2.0.0v1 after accounts-1',
      '3 web-2 2.0.0v1>1.0.0 after accounts-1,web-1'.replace('accounts-1,', ''),
      '4 accounts-2 2.0.0>1.0.0 after accounts-1,web-1,web-2',
    ])
    expect(stays).toEqual([])
  })

  it('keeps to the order that plain `after` asks for, the other way round', () => {
    const asked = {
      services: {accounts: {'1.0.0': {}, '2.0.0': {}}, worker: {'1.0.0': {}, '2.0.0': {}}},
      after: {worker: ['accounts']},
    }
    const there = question({
      ...asked,
      current: {accounts: '1.0.0', worker: '1.0.0'},
      target: {accounts: '2.0.0', worker: '2.0.0'},
    })
    const made = plan(there, {timeLimitMs: 1000, now: () => 0})
    if (made.steps === null) throw new Error('there is no plan')
    const {steps} = undoOf(made, all(made.steps), all(made.steps), () => [])
    expect(steps.map(({service}) => service)).toEqual(['worker', 'accounts'])
    const back = question({
      ...asked,
      current: {accounts: '2.0.0', worker: '2.0.0'},
      target: {accounts: '1.0.0', worker: '1.0.0'},
    })
    const way = {...made, steps}
    expect(check(back, way)).not.toEqual([])
    expect(check({...back, system: backwards(back.system)}, way)).toEqual([])
  })

  it('ends at the last step from which there is no way back, and keeps what that needs', () => {
    const steps = MIGRATION.steps.map(step => (step.id === 'web-2' ? {...step, reversible: false} : step))
    const plan = {...MIGRATION, steps}
    const {steps: back, stays} = undoOf(plan, all(steps), all(steps), () => [])
    expect(back.map(({from, to}) => `${from?.release}>${to?.release}`)).toEqual(['3.0.0>2.0.0'])
    expect([...all(stays)]).toEqual(['accounts-1', 'web-1', 'web-2'])
  })

  it('takes what needs a step back with it', () => {
    const done = all(MIGRATION.steps)
    const {steps} = undoOf(MIGRATION, done, new Set(['web-2']), () => [])
    expect(steps.map(({service}) => service)).toEqual(['accounts', 'web'])
  })

  it('leaves what was not done alone', () => {
    const {steps} = undoOf(MIGRATION, new Set(['accounts-1']), new Set(['accounts-1']), () => [])
    expect(steps.map(said)).toEqual(['1 accounts-1 2.0.0>1.0.0 after '])
  })

  it('only passes through places where the plan itself may have been, whatever the plan', () => {
    const plans = fc
      .array(fc.record({before: fc.array(fc.nat({max: 9}), {maxLength: 3}), reversible: fc.boolean()}), {
        minLength: 1,
        maxLength: 10,
      })
      .map(wishes =>
        planOf(
          ...wishes.map(({before, reversible}, index) => ({
            service: `s${index}`,
            moves: ['1.0.0', '2.0.0'] as const,
            reversible,
            after: [...new Set(before.filter(one => one < index))].map(one => `s${one}-1`),
          })),
        ),
      )
    fc.assert(
      fc.property(plans, fc.array(fc.nat({max: 9})), (plan, picked) => {
        const wanted = new Set(plan.steps.filter((_, index) => picked.includes(index)).map(({id}) => id))
        const {steps} = undoOf(plan, all(plan.steps), wanted, () => [])
        const left = new Map(plan.steps.map(step => [step.id, step]))
        const gone = new Set<string>()
        for (const step of steps) {
          expect(step.after.every(id => gone.has(id))).toBe(true)
          const undone = [...left.values()].find(({service}) => service === step.service)!
          expect(undone.reversible).toBe(true)
          left.delete(undone.id)
          gone.add(step.id)
          for (const {after} of left.values()) expect(after.every(id => left.has(id))).toBe(true)
        }
      }),
    )
  })
})
