import {expect, it} from 'vitest'
import {SCENES} from './scenes.ts'
import {inWords, runSeed} from './schedules.ts'

/** Seeds that once broke a promise, each with what was wrong. They stay. */
const FOUND: readonly (readonly [scene: string, seed: number, wrong: string])[] = [
  ['one service', 40, 'a dead holder kept its lock for an hour after the clock on the wall had been set back'],
  ['a migration in four steps', 41, 'attaching a pool whose only instance was dead went round and round'],
  [
    'a migration whose last release is bad, and all goes back',
    199,
    'the undo of a failed rollout was left, and nobody who resumed that rollout went on with it',
  ],
  [
    'two side by side, and what was done in the wave goes back',
    354,
    'the clock was set back, and the undo that began then was no longer the latest rollout',
  ],
  ['one service', 6013, 'current had died while it was drained, was attached without an address and got all traffic'],
]

it.each(FOUND)('%s, seed %i: %s', async (name, seed) => {
  const scene = SCENES[name]
  if (!scene) throw new Error(`no scene ${name}`)
  const broken = await runSeed(name, scene, seed, () => {})
  expect(broken && inWords(broken)).toBeUndefined()
})
