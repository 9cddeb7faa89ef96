import {describe, expect, it} from 'vitest'
import {stateText} from '../../../src/core/graph/states.ts'
import type {NoPlan, Plan} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {type Asked, question, type Said} from '../../support/question.ts'

const LIMITS = {timeLimitMs: 10_000, now: () => 0}

/** The waves of a plan in short: `accounts 2.0.0` for a service and the state it comes to. */
function waves(asked: Asked): readonly (readonly string[])[] {
  const {steps} = found(asked)
  const count = steps.at(-1)?.wave ?? 0
  return Array.from({length: count}, (_, wave) =>
    steps.filter(step => step.wave === wave + 1).map(step => `${step.service} ${stateText(step.to)}`),
  )
}

function found(asked: Asked): Plan {
  const answer = plan(question(asked), LIMITS)
  if (answer.steps === null) throw new Error(`no plan: ${JSON.stringify(answer)}`)
  return answer
}

function none(asked: Asked): NoPlan {
  const answer = plan(question(asked), LIMITS)
  if (answer.steps !== null) throw new Error('there is a plan')
  return answer
}

const server = (...versions: string[]): Said => ({provides: {api: versions}})
const client = (range: string): Said => ({consumes: {api: range}})

/** From the first to the last release of everything. */
function upgrade(services: Asked['services'], rest: Partial<Asked> = {}): Asked {
  const ends = (pick: (versions: string[]) => string | undefined) =>
    Object.fromEntries(
      Object.entries(services).map(([name, releases]) => [name, pick(Object.keys(releases)) as string]),
    )
  return {services, current: ends(all => all[0]), target: ends(all => all.at(-1)), ...rest}
}

describe('the recipes come out', () => {
  it('server before client, for what is only added', () => {
    const services = {
      web: {'1.0.0': client('^1'), '1.1.0': client('^1.1')},
      accounts: {'1.0.0': server('1.0.0'), '1.1.0': server('1.1.0')},
    }
    expect(waves(upgrade(services))).toEqual([['accounts 1.1.0'], ['web 1.1.0']])
  })

  it('client before server, where the server drops what the client still calls', () => {
    const services = {
      web: {'1.0.0': client('^1'), '2.0.0': client('^1 || ^2')},
      accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('2.0.0')},
    }
    expect(waves(upgrade(services))).toEqual([['web 2.0.0'], ['accounts 2.0.0']])
  })

  it('client, server, switch, server, for a new version of a contract', () => {
    const services = {
      web: {
        '1.0.0': client('^1'),
        '2.0.0': {...client('^1 || ^2'), modes: {old: client('^1'), new: client('^2')}},
      },
      accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('1.0.0', '2.0.0'), '3.0.0': server('2.0.0')},
    }
    const steps = [['accounts 2.0.0'], ['web 2.0.0:new'], ['accounts 3.0.0']]
    expect(waves(upgrade(services))).toEqual(steps)
    const fromOld = {...services.web, '2.0.0': {...services.web['2.0.0'], upgradesFrom: '>=3'}}
    const asked = upgrade({...services, web: fromOld}, {current: {web: '2.0.0:old', accounts: '1.0.0'}})
    expect(waves(asked)).toEqual(steps)
    expect(found(asked).steps.map(step => step.action)).toEqual(['deploy', 'switch', 'deploy'])
  })

  it('a bridge only where nothing shorter is safe', () => {
    const services = {web: {'1.0.0': client('^1'), '2.0.0': client('^1 || ^2'), '3.0.0': client('^2')}}
    const both = {...services, accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('2.0.0')}}
    expect(waves(upgrade(both))).toEqual([['web 2.0.0'], ['accounts 2.0.0'], ['web 3.0.0']])
    const more = {...services, accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('1.0.0', '2.0.0')}}
    expect(waves(upgrade(more))).toEqual([['accounts 2.0.0'], ['web 3.0.0']])
  })

  it('no pre-release on the way, however well it would fit, unless one is where the way starts or ends', () => {
    const accounts = {
      '1.0.0': server('1.0.0'),
      '2.0.0': server('1.0.0', '2.0.0'),
      '2.0.1-rc.1': server('1.0.0', '2.0.0'),
      '3.0.0-rc.1': {...server('2.0.0'), upgradesFrom: '2.0.1-rc.1'},
      '3.0.0': server('2.0.0'),
    }
    const services = {web: {'1.0.0': client('^1'), '2.0.0': client('^2')}, accounts}
    const current = {web: '1.0.0', accounts: '1.0.0'}
    const target = {web: '2.0.0', accounts: '3.0.0'}
    expect(waves({services, current, target})).toEqual([['accounts 2.0.0'], ['web 2.0.0'], ['accounts 3.0.0']])
    const asked = {services, current, target: {...target, accounts: '3.0.0-rc.1'}}
    expect(waves(asked)).toEqual([['accounts 2.0.1-rc.1'], ['web 2.0.0'], ['accounts 3.0.0-rc.1']])
    const {'2.0.0': _, ...without} = accounts
    expect(
      none({services: {...services, accounts: without}, current, target}).suggestions.map(each => each.text),
    ).toEqual(['a release of accounts that provides api 1.x and 2.x', 'a release of web that works with api ^1 and ^2'])
  })

  it('every required stop', () => {
    const services = {
      db: {'1.0.0': {}, '2.0.0': {}, '3.0.0': {upgradesFrom: '>=2.0.0'}, '4.0.0': {upgradesFrom: '>=3.0.0'}},
    }
    expect(waves(upgrade(services))).toEqual([['db 2.0.0'], ['db 3.0.0'], ['db 4.0.0']])
  })

  it('a required stop in a certain mode', () => {
    const modes = {m1: {}, m2: {}}
    const services = {
      db: {'1.0.0': {}, '2.0.0': {modes}, '3.0.0': {upgradesFrom: {release: '>=2.0.0', mode: 'm1'}}},
    }
    expect(waves(upgrade(services))).toEqual([['db 2.0.0:m1'], ['db 3.0.0']])
  })
})

describe('services come and go', () => {
  const services = {web: {'1.0.0': client('^1'), '2.0.0': {}}, accounts: {'1.0.0': server('1.0.0')}}

  it('a server comes before its clients', () => {
    const asked = {services, current: {}, target: {web: '1.0.0', accounts: '1.0.0'}}
    expect(waves(asked)).toEqual([['accounts 1.0.0'], ['web 1.0.0']])
  })

  it('and leaves after them', () => {
    const current = {web: '1.0.0', accounts: '1.0.0'}
    expect(waves({services, current, target: {web: 'none', accounts: 'none'}})).toEqual([
      ['web nothing'],
      ['accounts nothing'],
    ])
    expect(waves({services, current, target: {web: '2.0.0', accounts: 'none'}})).toEqual([
      ['web 2.0.0'],
      ['accounts nothing'],
    ])
  })

  it('is not taken down on the way', () => {
    const stuck = {db: {'1.0.0': {}, '2.0.0': {upgradesFrom: '>=2'}}}
    expect(none({services: stuck, current: {db: '1.0.0'}, target: {db: '2.0.0'}}).why).toBe('impossible')
  })
})

describe('order without a contract', () => {
  it('after: not before the others are where the plan leaves them', () => {
    const services = {
      worker: {'1.0.0': {}, '2.0.0': {}},
      db: {'1.0.0': {}, '2.0.0': {}, '3.0.0': {upgradesFrom: '>=2.0.0'}},
    }
    const asked = upgrade(services, {after: {worker: ['db']}})
    expect(waves(asked)).toEqual([['db 2.0.0'], ['db 3.0.0'], ['worker 2.0.0']])
    expect(found(asked).steps.at(-1)?.reasons[0]?.text).toContain('worker moves only after db')
  })

  it('apart: never two in one wave, and only those', () => {
    const release = {'1.0.0': {}, '2.0.0': {}}
    const services = {a: release, b: release, c: release, d: release}
    const plans = waves(upgrade(services, {apart: [['a', 'b', 'c']]}))
    expect(plans).toHaveLength(3)
    expect(plans.flat()).toHaveLength(4)
  })

  it('after in a circle is no plan, and says who waits', () => {
    const release = {'1.0.0': {}, '2.0.0': {}}
    const answer = none(upgrade({a: release, b: release}, {after: {a: ['b'], b: ['a']}}))
    expect(answer.text).toBe('a, b wait for each other')
  })
})

describe('what a step says of itself', () => {
  const services = {
    web: {'1.0.0': client('^1'), '2.0.0': client('^2')},
    accounts: {
      '1.0.0': server('1.0.0'),
      '2.0.0': server('1.0.0', '2.0.0'),
      '3.0.0': {...server('2.0.0'), irreversible: true},
    },
  }
  const {steps} = found(upgrade(services))

  it('reasons that a person can check', () => {
    expect(steps.map(step => step.reasons.map(reason => reason.text))).toMatchInlineSnapshot(`
      [
        [
          "accounts 2.0.0 is a bridge to 3.0.0: web 1.0.0 calls api ^1, but accounts 3.0.0 provides 2.0.0, and accounts 2.0.0 works with web 1.0.0",
        ],
        [
          "web 2.0.0 calls api ^2, but accounts 1.0.0 provides 1.0.0; so accounts leaves 1.0.0 first (step 1 of accounts)",
        ],
        [
          "web 1.0.0 calls api ^1, but accounts 3.0.0 provides 2.0.0; so web leaves 1.0.0 first (step 1 of web)",
        ],
      ]
    `)
  })

  it('of several contracts between two services all that clash, in one order however they are written', () => {
    const both = (names: readonly string[], text: string) => Object.fromEntries(names.map(name => [name, text]))
    const reasons = (names: readonly string[]) => {
      const web = {'1.0.0': {consumes: both(names, '^1')}, '2.0.0': {provides: {c: '2.0.0'}}}
      const accounts = {
        '1.0.0': {provides: both(names, '1.0.0')},
        '2.0.0': {provides: {...both(names, '2.0.0'), b: '1.1.0'}, consumes: {c: '^2'}},
      }
      const asked = upgrade({accounts, web})
      return found(asked).steps.flatMap(step => step.reasons.map(({contract}) => `${step.service} ${contract}`))
    }
    expect(reasons(['a', 'b', 'd'])).toEqual(['accounts a', 'accounts c', 'accounts d'])
    expect(reasons(['d', 'b', 'a'])).toEqual(reasons(['a', 'b', 'd']))
  })

  it('the gate before a version is dropped, and only there', () => {
    const gate = {kind: 'contract-unused', contract: 'api', major: 1}
    expect(steps.map(step => step.gates)).toEqual([[], [], [gate]])
  })

  it('whether there is a way back', () => {
    expect(steps.map(step => step.reversible)).toEqual([true, true, false])
  })
})

describe('clusters that talk to themselves', () => {
  const peers = (provides: string, consumes: string): Said => ({provides: {api: provides}, consumes: {api: consumes}})

  it('move where old and new get on with each other, both ways', () => {
    const good = {kafka: {'1.0.0': peers('1.0.0', '^1 || ^2'), '2.0.0': peers('2.0.0', '^1 || ^2')}}
    expect(waves(upgrade(good))).toEqual([['kafka 2.0.0']])
    const bad = {kafka: {'1.0.0': peers('1.0.0', '^1'), '2.0.0': peers('2.0.0', '^1 || ^2')}}
    expect(none(upgrade(bad)).conflicts).toMatchObject([
      {client: {service: 'kafka', release: '1.0.0'}, server: {service: 'kafka', release: '2.0.0'}},
    ])
  })

  it('need nothing of themselves before they are there', () => {
    const services = {kafka: {'1.0.0': peers('1.0.0', '^1')}}
    expect(waves({services, current: {}, target: {kafka: '1.0.0'}})).toEqual([['kafka 1.0.0']])
  })
})

describe('what runs now clashes', () => {
  const services = {web: {'1.0.0': client('^2'), '2.0.0': client('^1')}, accounts: {'1.0.0': server('1.0.0')}}
  const asked: Asked = {services, current: {web: '1.0.0', accounts: '1.0.0'}, target: {web: '2.0.0'}}

  it('is the answer', () => {
    const answer = none(asked)
    expect(answer.why).toBe('clash')
    expect(answer.conflicts.map(each => each.text)).toEqual([
      'web 1.0.0 calls api ^2, but accounts 1.0.0 provides 1.0.0',
    ])
  })

  it('is lived with where it is excused, and shown', () => {
    const excuse = {client: 'web', server: 'accounts', contract: 'api', reason: 'web is not used yet'}
    expect(found({...asked, excuses: [excuse]}).excused).toEqual([excuse])
    const other = {...excuse, client: 'accounts'}
    expect(found({...asked, excuses: [excuse, other]}).excused).toEqual([excuse])
  })
})

describe('no safe plan', () => {
  it('for want of a bridge: says which, and both ways to have one', () => {
    const services = {
      web: {'1.0.0': client('^1'), '2.0.0': client('^2')},
      accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('2.0.0')},
    }
    const answer = none(upgrade(services))
    expect(answer.why).toBe('impossible')
    expect(answer.conflicts).toHaveLength(2)
    expect(answer.suggestions.map(each => each.text)).toEqual([
      'a release of accounts that provides api 1.x and 2.x',
      'a release of web that works with api ^1 and ^2',
    ])
  })

  it('never says to stay where one is, which is no way to get there', () => {
    const member = (version: string): Said => ({provides: {gossip: version}, consumes: {gossip: version}})
    const services = {node: {'1.0.0': member('1.0.0'), '2.0.0': member('2.0.0')}}
    const {suggestions} = none(upgrade(services, {strict: ['gossip']}))
    expect(suggestions.map(({kind, service}) => `${kind} ${service}`)).toEqual(['bridge node'])
  })

  it('names the fewest bridges where one is not enough', () => {
    const member = (own: number, version: string): Said => ({
      provides: {[`g${own}`]: version},
      consumes: Object.fromEntries([1, 2, 3].filter(other => other !== own).map(other => [`g${other}`, version])),
    })
    const services = Object.fromEntries(
      [1, 2, 3].map(own => [`m${own}`, {'1.0.0': member(own, '1.0.0'), '2.0.0': member(own, '2.0.0')}]),
    )
    const {suggestions} = none(upgrade(services, {strict: ['g1', 'g2', 'g3']}))
    expect(suggestions.map(each => each.kind)).toEqual(['bridge', 'bridge'])
  })

  it('for a service that was not asked to move: says where it would have to go', () => {
    const services = {
      web: {'1.0.0': client('^1'), '2.0.0': client('^2')},
      accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('1.0.0', '2.0.0'), '3.0.0': server('1.0.0', '2.0.0')},
    }
    const answer = none({services, current: {web: '1.0.0', accounts: '1.0.0'}, target: {web: '2.0.0'}})
    expect(answer.suggestions).toEqual([
      {kind: 'move', service: 'accounts', release: '2.0.0', text: 'move accounts to 2.0.0 as well'},
    ])
  })

  it('for want of a release that anybody could move to: says what it would have to speak', () => {
    const old = {'1.0.0': server('1.0.0')}
    const asking = {web: {'1.0.0': client('^1'), '2.0.0': client('^2')}, accounts: old}
    const current = {web: '1.0.0', accounts: '1.0.0'}
    const texts = (asked: Asked) => none(asked).suggestions.map(({kind, text}) => `${kind}: ${text}`)
    expect(texts({services: asking, current, target: {web: '2.0.0'}})).toEqual([
      'bridge: a release of accounts that provides api 1.x and 2.x, to move to as well',
      'bridge: a release of web that works with api ^2 and 1.0.0, to ask for instead of 2.0.0',
    ])
    const dropping = {web: {'1.0.0': client('^1')}, accounts: {...old, '2.0.0': server('2.0.0')}}
    expect(texts({services: dropping, current, target: {accounts: '2.0.0'}})).toEqual([
      'bridge: a release of accounts that provides api 1.x and 2.x, to ask for instead of 2.0.0',
      'bridge: a release of web that works with api ^1 and 2.0.0, to move to as well',
    ])
    expect(texts({services: dropping, current, target: {accounts: 'none'}})).toEqual([
      'bridge: a release of web that does without api, to move to as well',
    ])
  })

  it('names no pre-release to go to, where none was asked for', () => {
    const services = {
      web: {'1.0.0': client('^1'), '2.0.0': client('^2')},
      accounts: {'1.0.0': server('1.0.0'), '2.0.0-rc.1': server('1.0.0', '2.0.0'), '2.0.0': server('1.0.0', '2.0.0')},
    }
    const answer = none({services, current: {web: '1.0.0', accounts: '1.0.0'}, target: {web: '2.0.0'}})
    expect(answer.suggestions.map(each => each.text)).toEqual(['move accounts to 2.0.0 as well'])
  })

  it('for several that were not: all of them', () => {
    const services = {
      web: {'1.0.0': client('^1'), '2.0.0': client('^1 || ^2')},
      app: {'1.0.0': client('^1'), '2.0.0': client('^1 || ^2')},
      accounts: {'1.0.0': server('1.0.0'), '2.0.0': server('2.0.0')},
    }
    const current = {web: '1.0.0', app: '1.0.0', accounts: '1.0.0'}
    const {suggestions} = none({services, current, target: {accounts: '2.0.0'}})
    expect(suggestions.map(each => each.text)).toEqual([
      'move app to 2.0.0 as well, together with web',
      'move web to 2.0.0 as well, together with app',
    ])
  })

  it('for a server that is not there', () => {
    const services = {web: {'1.0.0': {}, '2.0.0': client('^2')}, accounts: {'2.0.0': server('2.0.0')}}
    const {suggestions} = none({services, current: {web: '1.0.0'}, target: {web: '2.0.0'}})
    expect(suggestions.map(each => each.text)).toEqual(['deploy accounts 2.0.0 as well'])
  })

  it('for a stop that nobody can make', () => {
    const services = {accounts: {'1.0.0': {}, '3.0.0': {upgradesFrom: '>=2.0.0'}}}
    const answer = none(upgrade(services))
    expect(answer.text).toBe('accounts has no way from 1.0.0 to 3.0.0, which takes upgrades from >=2.0.0 only')
    expect(answer.suggestions.map(each => each.text)).toEqual([
      'a release of accounts that is reached from 1.0.0 and leads to 3.0.0',
    ])
  })

  it('for there is no way back', () => {
    const services = {db: {'1.0.0': {}, '2.0.0': {irreversible: true}}}
    expect(none({services, current: {db: '2.0.0'}, target: {db: '1.0.0'}}).text).toContain('no way from 2.0.0 to 1.0.0')
  })
})

it('nothing to do is a plan without steps', () => {
  const asked = {services: {web: {'1.0.0': {}}}, current: {web: '1.0.0'}, target: {web: '1.0.0'}}
  expect(found(asked)).toMatchObject({steps: [], optimal: true})
})
