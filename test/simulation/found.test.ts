import {expect, it} from 'vitest'
import {SCENES} from './scenes.ts'
import {inWords, runSeed} from './schedules.ts'

/** Seeds that once broke a promise, each with what was wrong. They stay. */
const FOUND: readonly (readonly [scene: string, seed: number, wrong: string])[] = [
  ['one service', 40, 'a dead holder kept its lock for an hour after the clock on the wall had been set back'],
  ['a migration in four steps', 41, 'attaching a pool whose only instance was dead went round and round'],
  ['one service', 6013, 'current had died while it was drained, was attached without an address and got all traffic'],
]

it.each(FOUND)('%s, seed %i: %s', async (name, seed) => {
  const scene = SCENES[name]
  if (!scene) throw new Error(`no scene ${name}`)
  const broken = await runSeed(name, scene, seed, () => {})
  expect(broken && inWords(broken)).toBeUndefined()
})
