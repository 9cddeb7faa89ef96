import nock from 'nock'
import {afterEach, beforeEach} from 'vitest'

/** Around each test of the file or group: nothing is reached but what it sets up, and all that it sets up is asked for. */
export function withoutNetwork(): void {
  beforeEach(() => nock.disableNetConnect())
  afterEach(() => {
    const unasked = nock.pendingMocks()
    nock.cleanAll()
    nock.enableNetConnect()
    if (unasked.length > 0) throw new Error(`never asked for: ${unasked.join(', ')}`)
  })
}
