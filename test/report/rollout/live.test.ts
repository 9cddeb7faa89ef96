import {afterEach, expect, it, vi} from 'vitest'
import {PLAIN} from '../../../src/report/look.ts'
import {liveProgress} from '../../../src/report/rollout/live.ts'
import {planOf, whoOf} from '../../support/world.ts'

afterEach(() => vi.restoreAllMocks())

it('ends with where each step stands, also where that was reached before', async () => {
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(String(text))
    return true
  })
  const services = ['begun', 'done', 'pending', 'resumed', 'well']
  const plan = planOf(...services.map(service => ({service, moves: ['1.0.0', '2.0.0']}) as const))
  const progress = liveProgress(plan, PLAIN, () => {})
  const happened = {at: 0, rollout: 'r1'}
  progress.happened({...happened, code: 'rollout-resumed', by: whoOf(1)})
  await new Promise(setImmediate)
  for (const step of ['begun-1', 'well-1']) progress.happened({...happened, code: 'step-started', step})
  progress.happened({...happened, at: 2000, code: 'step-succeeded', step: 'well-1'})
  await progress.end([
    {id: 'begun-1', state: 'running'},
    {id: 'done-1', state: 'succeeded'},
    {id: 'pending-1', state: 'pending'},
    {id: 'resumed-1', state: 'running'},
    {id: 'well-1', state: 'succeeded'},
  ])
  const last = (step: string) =>
    written
      .join('')
      .split('\n')
      .findLast(line => line.includes(step))
  expect(services.map(service => last(`${service}-1`)?.replace(/^.*2\.0\.0 +|\]$/g, ''))).toEqual([
    'stays as it is',
    'done before',
    'not begun',
    'stays as it is',
    '2 s',
  ])
})
