import {describe, expect, it} from 'vitest'
import type {Finding} from '../../src/simulation/simulate.ts'
import {SCENES} from './scenes.ts'
import {inWords, runSeed} from './schedules.ts'

const SEEDS = 500
/** Thousands of worlds take what they take on a busy machine. */
const PATIENCE_MS = 180_000

describe('a world in which things go wrong at random', () => {
  it.each(Object.entries(SCENES))(
    `keeps every promise in ${SEEDS} schedules: %s`,
    async (name, scene) => {
      const findings: Finding[] = []
      const broken: string[] = []
      for (let seed = 1; seed <= SEEDS; seed++) {
        const found = await runSeed(name, scene, seed, finding => findings.push(finding))
        if (found) broken.push(inWords(found))
      }
      expect(broken).toEqual([])
      expect(new Set(findings.map(({ended}) => ended)).size).toBeGreaterThan(1)
    },
    PATIENCE_MS,
  )
})
