import {describe, expect, it} from 'vitest'
import {inWords, seeded, type Tried} from '../../src/simulation/schedules.ts'
import {SCENES} from './scenes.ts'

/** In all scenes together, more than 5,000 schedules. */
const SEEDS = 430

describe('a world in which things go wrong at random', () => {
  it.each(Object.entries(SCENES))(
    `keeps every promise in ${SEEDS} schedules: %s`,
    async (name, scene) => {
      const tried: Tried[] = []
      for (let seed = 1; seed <= SEEDS; seed++) tried.push(await seeded(scene, seed))
      expect(tried.filter(({finding}) => finding.violations.length > 0).map(one => inWords(name, one))).toEqual([])
      expect(new Set(tried.map(({finding}) => finding.ended)).size).toBeGreaterThan(1)
    },
    LONG_MS,
  )
})

/** Only a machine that is busy with other things takes so long. */
const LONG_MS = 240_000
