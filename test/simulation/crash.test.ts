import {describe, expect, it} from 'vitest'
import {crashes, inWords, type Tried} from '../../src/simulation/schedules.ts'
import {SCENES} from './scenes.ts'

describe('a process struck at every write, killed or stopped, before and after', () => {
  it.each(Object.entries(SCENES))(
    'leaves nothing half done: %s',
    async (name, scene) => {
      const tried: Tried[] = []
      for await (const one of crashes(scene)) tried.push(one)
      expect(tried.filter(({finding}) => finding.violations.length > 0).map(one => inWords(name, one))).toEqual([])
      // Each of them was one process more than it takes without being struck, or it was struck after the end.
      expect(tried.filter(({finding}) => finding.processes > 1).length).toBeGreaterThan(tried.length / 2)
    },
    LONG_MS,
  )
})

/** Only a machine that is busy with other things takes so long. */
const LONG_MS = 240_000
