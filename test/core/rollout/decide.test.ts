import {describe, expect, it} from 'vitest'
import {NO_ANSWERS, tallied} from '../../../src/core/rollout/answers.ts'
import {begin} from '../../../src/core/rollout/decide.ts'
import type {CheckConfig} from '../../../src/core/config/config.ts'
import type {Seen} from '../../../src/core/rollout/seen.ts'
import {
  acting,
  counters,
  course,
  decided,
  holding,
  instances,
  pool,
  returning,
  route,
  seen,
} from '../../support/decision.ts'
import {serviceConfig} from '../../support/world.ts'

const START = {do: 'start', pool: '2.0.0'} as const
const ATTACH = {do: 'attach', pool: '2.0.0'} as const
const DRAIN = {do: 'drain', pool: '1.0.0'} as const
const STOP = {do: 'stop', pool: '1.0.0'} as const
const LATE = 1_000_000
const silent = (of: 'runtime' | 'balancer', forMs: number): Partial<Seen> => ({
  blind: {of, forMs, failure: {code: `${of}-failed`, message: `the ${of} is silent`}},
})

describe('starting', () => {
  const none = seen(0, {instances: instances('1.0.0'), pools: [pool('1.0.0', 100)]})

  it('is intended with the first record of the step', () => {
    expect(begin(course()).map(({code}) => code)).toEqual(['step-started', 'act-intended'])
  })

  it('starts what is missing, and waits for what is there', () => {
    expect(decided(acting(START), none)).toBe('call start 2.0.0')
    const one = {...none, instances: [...instances('1.0.0'), ...instances('2.0.0', 'healthy', 1)]}
    expect(decided(acting(START), one)).toBe('call start 2.0.0')
    const starting = {...none, instances: [...instances('1.0.0'), ...instances('2.0.0', 'starting')]}
    expect(decided(acting(START), starting)).toBe('wait')
  })

  it('goes on when every instance is healthy', () => {
    expect(decided(acting(START), seen(0))).toBe('done start 2.0.0, intend attach 2.0.0')
  })

  it('is taken back when one dies, when starting is refused, or when it takes too long', () => {
    const dead = {...none, instances: [...instances('1.0.0'), ...instances('2.0.0', 'exited')]}
    expect(decided(acting(START), dead)).toBe(
      'take back: an instance of accounts 2.0.0 has exited, intend attach 1.0.0',
    )
    const refused = {...none, fatal: {code: 'runtime-failed', message: 'no such program'} as const}
    expect(decided(acting(START), refused)).toBe('take back: no such program, intend attach 1.0.0')
    expect(decided(acting(START), {...none, watchedMs: LATE})).toMatch(
      /^take back: a healthy 2.0.0 did not come about in/,
    )
  })

  it('says what the instances that never became healthy answered', () => {
    const ill = instances('2.0.0', 'starting').map(one => ({...one, detail: 'GET /healthz: 404'}))
    const late = {...none, instances: [...instances('1.0.0'), ...ill], watchedMs: LATE}
    expect(decided(acting(START), late)).toContain('did not come about in 1000s: GET /healthz: 404')
  })

  it('tolerates an instance that is not healthy yet', () => {
    const ill = {...none, instances: [...instances('1.0.0'), ...instances('2.0.0', 'unhealthy')]}
    expect(decided(acting(START), ill)).toBe('wait')
  })
})

describe('attaching', () => {
  it('attaches at share 0, again where the addresses are others, and goes on to the first share', () => {
    expect(decided(acting(ATTACH), seen(0, {pools: [pool('1.0.0', 100)]}))).toBe('call attach 2.0.0')
    const other = {...pool('2.0.0', 0), servers: [{address: 'elsewhere'}]}
    expect(decided(acting(ATTACH), seen(0, {pools: [pool('1.0.0', 100), other]}))).toBe('call attach 2.0.0')
    expect(decided(acting(ATTACH), seen(0))).toBe('done attach 2.0.0, intend route 10')
  })
})

describe('shifting', () => {
  it('asks until the weights amount to what was asked', () => {
    expect(decided(acting(route(10)), seen(0))).toBe('call route 10')
    expect(decided(acting(route(10)), seen(12))).toBe('call route 10')
    expect(decided(acting(route(10)), seen(10.9))).toBe('done route 10')
  })

  it('takes all for all, and lets nobody else have a part', () => {
    expect(decided(acting(route(100)), seen(99.5))).toBe('call route 100')
    expect(decided(acting(route(100)), seen(100))).toBe('done route 100')
    const stranger = {pools: [pool('1.0.0', 85), pool('2.0.0', 10), pool('0.9.0', 5)]}
    expect(decided(acting(route(10)), seen(10, stranger))).toBe('call route 10')
  })

  it('is taken back when the balancer does not come to it', () => {
    expect(decided(acting(route(10)), seen(0, {watchedMs: LATE}))).toMatch(
      /^take back: a share of 10% as asked did not/,
    )
  })
})

describe('holding a share', () => {
  const baked = (share: number, difference: Partial<Seen> = {}) => {
    const pools = [
      pool('1.0.0', 100 - share, counters(100 * (100 - share))),
      pool('2.0.0', share, counters(100 * share)),
    ]
    return seen(share, {pools, watchedMs: 10_000, ...difference})
  }

  it('is decided by the other checks where nobody measures a latency, unless the file says otherwise', () => {
    const unmeasured = {...counters(100), latency: []}
    const what = baked(10, {pools: [pool('1.0.0', 90, {...counters(900), latency: []}), pool('2.0.0', 10, unmeasured)]})
    const slow = {kind: 'latency', quantile: 95, belowMs: 300} as const
    const {rollout} = serviceConfig('accounts')
    const with95 = (check: CheckConfig) => course({rollout: {...rollout, checks: [...rollout.checks, check]}})
    expect(decided(holding(route(10)), what, with95(slow))).toBe('bake-passed, intend route 50')
    const paused = with95({...slow, onInconclusive: 'pause'})
    expect(decided(holding(route(10)), {...what, watchedMs: LATE}, paused)).toBe('bake-unsure')
  })

  it('waits for the bake, then goes on to the next share', () => {
    expect(decided(holding(route(10)), baked(10, {watchedMs: 9_999}))).toBe('wait')
    expect(decided(holding(route(10)), baked(10))).toBe('bake-passed, intend route 50')
    expect(decided(holding(route(50)), baked(50))).toBe('bake-passed, intend route 100')
  })

  it('drains current after the last share', () => {
    expect(decided(holding(route(100)), baked(100))).toBe('bake-passed, intend drain 1.0.0')
  })

  it('goes to the next higher share where the configuration has lost this one', () => {
    expect(decided(holding(route(25)), baked(25))).toBe('bake-passed, intend route 50')
  })

  it('takes back as soon as the errors are beyond doubt', () => {
    const bad = {pools: [pool('1.0.0', 90, counters(100)), pool('2.0.0', 10, counters(10, 6))], watchedMs: 300}
    expect(decided(holding(route(10)), baked(10, bad))).toBe(
      'take back: accounts 2.0.0 failed its check errors at 10%: 6 of 10 requests failed (60%), wanted < 1%, intend attach 1.0.0',
    )
  })

  it('takes back when an instance dies, falls ill or is gone', () => {
    const next = (...some: readonly ReturnType<typeof instances>[]) => ({
      instances: [...instances('1.0.0'), ...some.flat()],
    })
    for (const health of ['exited', 'unhealthy'] as const) {
      expect(decided(holding(route(10)), baked(10, next(instances('2.0.0', health))))).toMatch(/^take back/)
    }
    expect(decided(holding(route(10)), baked(10, next(instances('2.0.0', 'healthy', 1))))).toBe(
      'take back: only 1 of 2 instances of accounts 2.0.0 are there, intend attach 1.0.0',
    )
  })

  it('sets the share again twice, and then believes the balancer no more', () => {
    expect(decided(holding(route(10), 1), baked(0))).toBe('intend route 10')
    expect(decided(holding(route(10), 3), baked(0))).toMatch(/^take back: the balancer does not do what it said/)
  })

  it('goes no further while paused, but back all the same', () => {
    expect(decided(holding(route(10)), baked(10, {paused: true}))).toBe('wait')
    const dead = {paused: true, instances: [...instances('1.0.0'), ...instances('2.0.0', 'exited')]}
    expect(decided(holding(route(10)), baked(10, dead))).toMatch(/^take back/)
  })

  it('takes back on request', () => {
    const abort = {code: 'rollout-failed', message: 'taken back on request'} as const
    expect(decided(holding(route(10)), baked(10, {abort}))).toBe(
      'take back: taken back on request, intend attach 1.0.0',
    )
  })

  it('does not go on unseen: without the balancer it halts, without the runtime it puts the traffic back', () => {
    const {pools: _p, ...noPools} = baked(10)
    expect(decided(holding(route(10)), {...noPools, ...silent('balancer', 1000)})).toBe('wait')
    expect(decided(holding(route(10)), {...noPools, ...silent('balancer', LATE)})).toBe(
      'step-halted: the balancer is silent',
    )
    const {instances: _i, ...noInstances} = baked(10)
    expect(decided(holding(route(10)), {...noInstances, ...silent('runtime', 1000)})).toBe('wait')
    expect(decided(holding(route(10)), {...noInstances, ...silent('runtime', LATE)})).toBe(
      'take back: the runtime is silent, intend attach 1.0.0',
    )
  })

  it('halts rather than send traffic to a current that is dead', () => {
    const dead = {instances: [...instances('1.0.0', 'exited'), ...instances('2.0.0')]}
    const abort = {code: 'rollout-failed', message: 'asked'} as const
    expect(decided(holding(route(10)), baked(10, {...dead, abort}))).toBe(
      'step-halted: asked; but accounts 1.0.0 has no healthy instance to take the traffic back',
    )
  })
})

describe('retiring current', () => {
  it('drains it, then stops it, and is done', () => {
    expect(decided(acting(DRAIN), seen(100))).toBe('call drain 1.0.0')
    const drained = seen(100, {pools: [pool('2.0.0', 100)]})
    expect(decided(acting(DRAIN), drained)).toBe('done drain 1.0.0, intend stop 1.0.0')
    expect(decided(acting(STOP), drained)).toBe('call stop 1.0.0')
    expect(decided(acting(STOP), {...drained, instances: instances('2.0.0')})).toBe('done stop 1.0.0, step-succeeded')
  })

  it('still has a way back while it drains, and none once it is stopped', () => {
    const ill = {instances: [...instances('1.0.0'), ...instances('2.0.0', 'unhealthy')], pools: [pool('2.0.0', 100)]}
    expect(decided(acting(DRAIN), seen(100, ill))).toMatch(/^take back: .* is unhealthy, intend attach 1.0.0$/)
    expect(decided(acting(STOP), seen(100, ill))).toBe('call stop 1.0.0')
    expect(decided(acting(STOP), seen(100, {...ill, watchedMs: LATE}))).toMatch(
      /^step-halted: the end of 1.0.0 did not/,
    )
  })

  it('does not stop what has got traffic again, by a late answer or by hand', () => {
    expect(decided(acting(STOP), seen(90))).toBe('intend route 100')
    expect(decided(acting(DRAIN), seen(90))).toBe('intend route 100')
    expect(decided(acting(STOP), seen(100))).toBe('intend drain 1.0.0')
  })
})

describe('taking back', () => {
  const BACK = {
    attach: {do: 'attach', pool: '1.0.0'},
    drain: {do: 'drain', pool: '2.0.0'},
    stop: {do: 'stop', pool: '2.0.0'},
  } as const

  it('puts all traffic on current first, then drains and stops next', () => {
    expect(decided(returning(BACK.attach), seen(10))).toBe('done attach 1.0.0, intend route 0')
    expect(decided(returning(route(0)), seen(10))).toBe('call route 0')
    expect(decided(returning(route(0)), seen(0))).toBe('done route 0, intend drain 2.0.0')
    expect(decided(returning(BACK.drain), seen(0))).toBe('call drain 2.0.0')
    const drained = seen(0, {pools: [pool('1.0.0', 100)]})
    expect(decided(returning(BACK.drain), drained)).toBe('done drain 2.0.0, intend stop 2.0.0')
    expect(decided(returning(BACK.stop), drained)).toBe('call stop 2.0.0')
    expect(decided(returning(BACK.stop), {...drained, instances: instances('1.0.0')})).toBe(
      'done stop 2.0.0, step-rolled-back: it broke',
    )
  })

  it('does not mind that next is dead, nor that somebody pauses or aborts', () => {
    const dead = {instances: [...instances('1.0.0'), ...instances('2.0.0', 'exited')], paused: true}
    expect(decided(returning(route(0)), seen(10, {...dead, abort: {code: 'rollout-failed', message: 'x'}}))).toBe(
      'call route 0',
    )
  })

  it('puts the traffic back without the runtime, and halts where it would have to stop something', () => {
    const {instances: _, ...blind} = seen(10, silent('runtime', LATE))
    expect(decided(returning(BACK.attach), blind)).toBe('done attach 1.0.0, intend route 0')
    expect(decided(returning(route(0)), blind)).toBe('call route 0')
    expect(decided(returning(BACK.drain), {...blind, pools: [pool('1.0.0', 100), pool('2.0.0', 0)]})).toBe(
      'call drain 2.0.0',
    )
    expect(decided(returning(BACK.stop), {...blind, pools: [pool('1.0.0', 100)]})).toBe(
      'step-halted: the runtime is silent',
    )
  })

  it('halts where the balancer does not let it', () => {
    const refused = {code: 'balancer-failed', message: 'read only'} as const
    expect(decided(returning(route(0)), seen(10, {refused}))).toBe('call route 0')
    expect(decided(returning(route(0)), seen(10, {refused, watchedMs: LATE}))).toMatch(/^step-halted: .*: read only$/)
  })

  it('does not stop what has got traffic again', () => {
    expect(decided(returning(BACK.stop), seen(10))).toBe('intend route 0')
    expect(decided(returning(BACK.stop), seen(0))).toBe('intend drain 2.0.0')
  })
})

describe('other courses', () => {
  it('begin a service that was not there with all its traffic, and have nothing to go back to', () => {
    const fresh = course({}, [null, '2.0.0'])
    expect(fresh.forward.map(act => act.do)).toEqual(['start', 'attach', 'route'])
    expect(fresh.back.map(act => act.do)).toEqual(['drain', 'stop'])
    const alone = {instances: instances('2.0.0'), pools: [pool('2.0.0', 100, counters(100))], watchedMs: 10_000}
    expect(decided(holding(route(100)), seen(100, alone), fresh)).toBe('bake-passed, step-succeeded')
    // Nobody calls it yet.
    const quiet = {...alone, pools: [pool('2.0.0', 100, counters(0))]}
    expect(decided(holding(route(100)), seen(100, quiet), fresh)).toBe('bake-passed, step-succeeded')
  })

  it('do not hold a service that was not there: who asks it is all that is waited for', () => {
    const asking = {kind: 'http', path: '/ready', timeoutMs: 1000} as const
    const {rollout} = serviceConfig('accounts')
    const checks = [{kind: 'prometheus', query: 'up', timeoutMs: 1000} as const, ...rollout.checks, asking]
    const fresh = course({rollout: {...rollout, bakeMs: 3_600_000, checks}}, [null, '2.0.0'])
    expect([fresh.bakeMs, fresh.checks]).toEqual([0, [asking]])
    const there = {instances: instances('2.0.0'), pools: [pool('2.0.0', 100)], watchedMs: 0}
    expect(decided(holding(route(100)), seen(100, there), fresh)).toBe('wait')
    const probes = [{check: asking, tally: tallied(NO_ANSWERS, 'passed'), detail: 'it is ready'}]
    expect(decided(holding(route(100)), seen(100, {...there, probes}), fresh)).toBe('bake-passed, step-succeeded')
    const ill = {...there, instances: instances('2.0.0', 'unhealthy')}
    expect(decided(holding(route(100)), seen(100, ill), fresh)).toMatch(/^take back: /)
  })

  it('drain and stop a service that goes away', () => {
    const gone = course({}, ['1.0.0', null])
    expect(gone.forward.map(act => act.do)).toEqual(['drain', 'stop'])
    const last = {instances: instances('1.0.0'), pools: [pool('1.0.0', 100)]}
    expect(decided(acting(DRAIN), seen(0, last), gone)).toBe('call drain 1.0.0')
    expect(decided(acting(DRAIN), seen(0, {...last, abort: {code: 'rollout-failed', message: 'no'}}), gone)).toBe(
      'take back: no, intend attach 1.0.0',
    )
  })

  it('switch in place with the command of the service, watch it, and switch back', () => {
    const inPlace = course({switch: ['switch-it']}, ['2.0.0:v1', '2.0.0:v2'])
    const there = {instances: instances('2.0.0~v1'), pools: [pool('2.0.0~v1', 100, counters(100))]}
    const SWITCH = {do: 'switch', mode: 'v2'} as const
    expect(decided(acting(SWITCH), seen(0, there), inPlace)).toBe('call switch v2')
    expect(decided(acting(SWITCH), seen(0, {...there, switched: true}), inPlace)).toBe('done switch v2')
    expect(decided(holding(SWITCH), seen(0, {...there, watchedMs: 10_000}), inPlace)).toBe(
      'bake-passed, step-succeeded',
    )
    const ill = {...there, instances: instances('2.0.0~v1', 'unhealthy')}
    expect(decided(holding(SWITCH), seen(0, ill), inPlace)).toMatch(/^take back: .*, intend switch v1$/)
  })

  it('do not run a switch command over and over that fails on the way back', () => {
    const inPlace = course({switch: ['switch-it']}, ['2.0.0:v1', '2.0.0:v2'])
    const there = {instances: instances('2.0.0~v1'), pools: [pool('2.0.0~v1', 100)]}
    const fatal = {code: 'runtime-failed', message: 'exit code 1'} as const
    expect(decided(returning({do: 'switch', mode: 'v1'}), seen(0, {...there, fatal}), inPlace)).toBe(
      'step-halted: exit code 1',
    )
  })
})
