import {expect, it} from 'vitest'
import type {Schedule} from '../../src/simulation/faults.ts'
import {CALM} from '../../src/simulation/faults.ts'
import {random} from '../../src/simulation/random.ts'
import {simulate} from '../../src/simulation/simulate.ts'
import {SCENES} from './scenes.ts'

/** Schedules that once broke a promise, each with what was wrong. They stay, as they were drawn. */
const FOUND: readonly (readonly [scene: string, wrong: string, schedule: Partial<Schedule>])[] = [
  [
    'one service',
    'a dead holder kept its lock for an hour after the clock on the wall had been set back',
    {
      crashes: [{is: 'kill', at: 12, when: 'before'}],
      events: [
        {at: 6533, event: {is: 'meddle', which: 26}},
        {at: 2780, event: {is: 'meddle', which: 761}},
        {at: 1334, event: {is: 'clock-jumps', ms: -3_004_295}},
      ],
      callFaults: 0.1,
    },
  ],
  [
    'a migration in four steps',
    'attaching a pool whose only instance was dead went round and round',
    {
      events: [
        {at: 4071, event: {is: 'instance', which: 635, health: 'unhealthy'}},
        {at: 3935, event: {is: 'instance', which: 915, health: 'exited'}},
        {at: 5676, event: {is: 'hang', driver: 'balancer', ms: 38_311}},
        {at: 3251, event: {is: 'freeze', ms: 64_486}},
      ],
    },
  ],
  [
    'one service',
    'current had died while it was drained, was attached without an address and got all traffic',
    {
      crashes: [{is: 'freeze', at: 15, when: 'before'}],
      events: [
        {at: 5081, event: {is: 'meddle', which: 704}},
        {at: 2768, event: {is: 'instance', which: 786, health: 'unhealthy'}},
        {at: 7678, event: {is: 'instance', which: 918, health: 'exited'}},
        {at: 5244, event: {is: 'instance', which: 447, health: 'exited'}},
      ],
      deathIsKnown: false,
    },
  ],
  [
    'a migration whose last release is bad, and all goes back',
    'the undo of a failed rollout was left, and nobody who resumed that rollout went on with it',
    {
      crashes: [{is: 'kill', at: 50, when: 'before'}],
      events: [
        {at: 4114, event: {is: 'hang', driver: 'state', ms: 19722}},
        {at: 7710, event: {is: 'ask', wish: {do: 'promote', full: false}}},
        {at: 1362, event: {is: 'ask', wish: {do: 'abort'}}},
        {at: 587, event: {is: 'clock-jumps', ms: -1937974}},
      ],
      callFaults: 0,
      deathIsKnown: true,
      retry: true,
    },
  ],
  [
    'two side by side, and what was done in the wave goes back',
    'the clock was set back, and the undo that began then was no longer the latest rollout',
    {
      crashes: [{is: 'freeze', at: 59, when: 'after'}],
      events: [
        {at: 1617, event: {is: 'kill'}},
        {at: 936, event: {is: 'clock-jumps', ms: -2978685}},
        {at: 5333, event: {is: 'ask', wish: {do: 'approve', gate: 'all', waive: true}}},
        {at: 5762, event: {is: 'freeze', ms: 50653}},
      ],
      callFaults: 0.1,
      deathIsKnown: true,
      retry: false,
    },
  ],
]

it.each(FOUND)('%s: %s', async (name, _wrong, schedule) => {
  const scene = SCENES[name]
  if (!scene) throw new Error(`no scene ${name}`)
  const {violations, trace} = await simulate(scene, {...CALM, ...schedule}, random(1))
  expect([...violations, ...(violations.length > 0 ? trace : [])]).toEqual([])
})
