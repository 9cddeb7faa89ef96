import {memoryState} from '../../src/simulation/state.ts'
import {stateConformance} from '../conformance/state.ts'
import {handClock} from '../support/clock.ts'

stateConformance('memory, as simulated', async () => {
  const clock = handClock()
  const state = memoryState(clock)
  return {open: async () => state, expire: ttlMs => clock.advance(ttlMs), end: async () => {}}
})
