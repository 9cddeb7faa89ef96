import {describe, expect, it} from 'vitest'
import type {Finding} from '../../src/simulation/simulate.ts'
import {SCENES} from './scenes.ts'
import {crashEverywhere, inWords} from './schedules.ts'

/** Thousands of worlds take what they take on a busy machine. */
const PATIENCE_MS = 180_000

describe('a process struck at every write, killed or stopped, before and after', () => {
  it.each(Object.entries(SCENES))(
    'leaves nothing half done: %s',
    async (name, scene) => {
      const findings: Finding[] = []
      const broken = await crashEverywhere(name, scene, finding => findings.push(finding))
      expect(broken.map(inWords)).toEqual([])
      // Each of them was one process more than it takes without being struck, or it was struck after the end.
      expect(findings.filter(({processes}) => processes > 1).length).toBeGreaterThan(findings.length / 2)
    },
    PATIENCE_MS,
  )
})
