import {describe, expect, it} from 'vitest'
import {mergedRun} from '../../../src/core/config/merged-run.ts'

describe('mergedRun', () => {
  it('lays what a release says over what its service says, variables one by one', () => {
    const ofService = {command: ['node', 'a.js'], replicas: 2, env: {LOG: 'info', REGION: 'eu'}}
    expect(mergedRun(ofService, {command: ['node', 'b.js'], env: {LOG: 'debug'}})).toEqual({
      command: ['node', 'b.js'],
      replicas: 2,
      env: {LOG: 'debug', REGION: 'eu'},
    })
    expect(mergedRun(ofService)).toEqual(ofService)
    expect(mergedRun()).toEqual({})
  })
})
