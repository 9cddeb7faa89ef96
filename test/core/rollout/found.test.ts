import {describe, expect, it} from 'vitest'
import {doubtful, foundStates, onlyStates, type Labelled} from '../../../src/core/rollout/found.ts'

function instance(service: string, release: string, health: Labelled['health'] = 'healthy'): Labelled {
  return {service, pool: release, state: {release, mode: null}, health}
}

describe('what runs by its labels', () => {
  it('is one state where all instances have it, or the healthy ones do', () => {
    const found = foundStates([
      instance('accounts', '2.0.0'),
      instance('accounts', '2.0.0'),
      instance('accounts', '3.0.0', 'starting'),
      instance('billing', '1.0.0', 'unhealthy'),
      instance('gone', '1.0.0', 'exited'),
    ])
    expect([...onlyStates(found)]).toEqual([
      ['accounts', {release: '2.0.0', mode: null}],
      ['billing', {release: '1.0.0', mode: null}],
    ])
    expect(doubtful(found, new Map())).toEqual([])
  })

  it('is in doubt where two are healthy, unless somebody says which it is', () => {
    const found = foundStates([instance('accounts', '1.0.0'), instance('accounts', '2.0.0')])
    expect(doubtful(found, new Map())).toEqual(['accounts (1.0.0 and 2.0.0)'])
    expect(doubtful(found, new Map([['accounts', 'said']]))).toEqual([])
    expect(onlyStates(found).size).toBe(0)
  })
})
