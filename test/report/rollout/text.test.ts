import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {outlineOf} from '../../../src/core/rollout/outline.ts'
import type {RolloutShown, StepShown} from '../../../src/core/rollout/show.ts'
import type {Status} from '../../../src/core/rollout/status.ts'
import {PLAIN} from '../../../src/report/look.ts'
import {rolloutsText, rolloutText, statusText} from '../../../src/report/rollout/text.ts'

const COLOURED = {columns: 80, colour: true}

const step = (id: string, different: Partial<StepShown>): StepShown => ({
  id,
  service: id.replace(/-\d+$/, ''),
  state: 'pending',
  share: 0,
  startedAt: null,
  endedAt: null,
  waitsFor: [],
  gates: [],
  hooks: [],
  bakes: [],
  ...different,
})

const HALTED: RolloutShown = {
  id: 'r-2',
  environment: 'production',
  plan: 'sha256:0',
  acts: [],
  state: 'halted',
  startedAt: '2026-01-05T10:00:00.000Z',
  endedAt: null,
  error: {code: 'halted', message: 'accounts-1 was taken back', hint: 'look at its log, then resume or abort'},
  steps: [
    step('billing-1', {state: 'succeeded', share: 100}),
    step('accounts-1', {state: 'rolled-back', error: {code: 'rollout-failed', message: 'errors: 3.2 %, not < 1 %'}}),
    step('web-1', {state: 'running', share: 25}),
    step('billing-2', {}),
  ],
}

const DONE: RolloutShown = {
  id: 'r-1',
  environment: 'production',
  plan: 'sha256:0',
  acts: [],
  state: 'succeeded',
  startedAt: '2026-01-05T09:00:00.000Z',
  endedAt: '2026-01-05T09:30:00.000Z',
  steps: [step('web-1', {state: 'succeeded', share: 100})],
}

const STATUS: Status = {
  services: [
    {
      service: 'accounts',
      state: {release: '1.4.0', mode: null},
      pools: [
        {
          name: 'current',
          release: '1.4.0',
          instances: [
            {address: '127.0.0.1:9001', healthy: true, weight: 75},
            {address: '127.0.0.1:9002', healthy: false, weight: 0},
          ],
          share: {asked: 75, measured: 74.6},
        },
        {
          name: 'next',
          release: '2.0.0',
          instances: [{address: '127.0.0.1:9003', healthy: true, weight: 25}],
          share: {asked: 25, measured: null},
        },
      ],
    },
    {service: 'billing', state: {release: '2.0.0', mode: 'v1'}, pools: []},
    {service: 'worker', state: null, pools: []},
  ],
}

const SPEECH = new Map([['accounts', {provides: ['accounts-api 1.4.0'], consumes: ['ledger-api ^3']}]])

describe('rollout show', () => {
  it('has the steps, and why it rests', () => expect(rolloutText(HALTED, PLAIN)).toMatchSnapshot())
  it('is short where all went well', () => expect(rolloutText(DONE, PLAIN)).toMatchSnapshot())
  it('says the same with colours', () => {
    expect(rolloutText(HALTED, COLOURED)).toMatchSnapshot()
    expect(stripVTControlCharacters(rolloutText(HALTED, COLOURED))).toBe(rolloutText(HALTED, PLAIN))
  })
})

describe('rollout list', () => {
  it('has a line each', () => expect(rolloutsText([HALTED, DONE].map(outlineOf), PLAIN)).toMatchSnapshot())
  it('says how to begin one', () => expect(rolloutsText([], PLAIN)).toMatchSnapshot())
})

describe('status', () => {
  it('has pools, shares and contracts', () => expect(statusText(STATUS, SPEECH, PLAIN)).toMatchSnapshot())
  it('says the same with colours', () => {
    expect(statusText(STATUS, SPEECH, COLOURED)).toMatchSnapshot()
    expect(stripVTControlCharacters(statusText(STATUS, SPEECH, COLOURED))).toBe(statusText(STATUS, SPEECH, PLAIN))
  })
})
