import {stateConformance} from '../../conformance/state.ts'
import {handClock} from '../clock.ts'
import {memoryState} from './state.ts'

stateConformance('memory, for tests', async () => {
  const clock = handClock()
  const state = memoryState(clock)
  return {open: async () => state, expire: ttlMs => clock.advance(ttlMs), end: async () => {}}
})
