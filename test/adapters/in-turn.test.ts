import {expect, it} from 'vitest'
import {inTurn} from '../../src/adapters/in-turn.ts'

it('runs work of one key in the order of the calls, also after a failure, and leaves other keys alone', async () => {
  const turn = inTurn()
  const told: string[] = []
  const opened: (() => void)[] = []
  const work = (name: string) => async () => {
    told.push(`${name} begins`)
    await new Promise<void>(resolve => opened.push(resolve))
    told.push(`${name} ends`)
    if (name === 'a1') throw new Error('a1 failed')
    return name
  }
  const a1 = turn('a', work('a1'))
  const a2 = turn('a', work('a2'))
  const b1 = turn('b', work('b1'))
  await new Promise(resolve => setImmediate(resolve))
  expect(told).toEqual(['a1 begins', 'b1 begins'])
  for (const open of opened.splice(0)) open()
  await expect(a1).rejects.toThrow('a1 failed')
  expect(await b1).toBe('b1')
  await new Promise(resolve => setImmediate(resolve))
  expect(told).toEqual(['a1 begins', 'b1 begins', 'a1 ends', 'b1 ends', 'a2 begins'])
  for (const open of opened.splice(0)) open()
  expect(await a2).toBe('a2')
})
