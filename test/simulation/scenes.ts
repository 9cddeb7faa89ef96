import type {ServiceConfig} from '../../src/core/config/config.ts'
import {plan} from '../../src/core/plan/planner.ts'
import type {Step} from '../../src/core/plan/plan.ts'
import type {StepHooks} from '../../src/core/rollout/hooks.ts'
import type {Behaviour} from '../../src/simulation/runtime.ts'
import type {Scene} from '../../src/simulation/scene.ts'
import type {Asked} from '../support/question.ts'
import {question} from '../support/question.ts'
import {FULL, serviceConfig} from '../support/world.ts'

interface Wish extends Asked {
  readonly configs?: Readonly<Record<string, Partial<ServiceConfig>>>
  readonly unrouted?: readonly string[]
  /** Whether every step has hooks at all its points. */
  readonly hooked?: boolean
  readonly brownouts?: Scene['brownouts']
  /** By `service pool`. */
  readonly behaviours?: Readonly<Record<string, Behaviour>>
}

/** Short, since what matters is the order of things. */
const ROLLOUT = {steps: [10, 100], bakeMs: 240, checks: [{kind: 'errors', below: 1} as const], minRequests: 5, ...FULL}

const RUN = {command: ['serve'], replicas: 1, health: {path: '/', timeoutMs: 5_000}, stop: {drainMs: 1_000}}

function scene(wish: Wish): Scene {
  const asked = question(wish)
  const made = plan(asked, {timeLimitMs: 10_000, now: () => performance.now()})
  if (made.steps === null) throw new Error('the scene has no plan')
  const services = Object.keys(wish.services).map((name): [string, ServiceConfig] => {
    const {route, ...config} = serviceConfig(name, {rollout: ROLLOUT, run: RUN, ...wish.configs?.[name]})
    // Nothing counts the requests of a service that has no route.
    if (wish.unrouted?.includes(name)) return [name, {...config, rollout: {...ROLLOUT, checks: []}}]
    return [name, {...config, ...(route && {route})}]
  })
  return {
    system: asked.system,
    services: new Map(services),
    current: asked.current,
    target: asked.target,
    plan: made,
    ...(wish.hooked && {hooks: ({service}: Step) => hooksFor(service)}),
    ...(wish.brownouts && {brownouts: wish.brownouts}),
    behaviour: (service, pool) => wish.behaviours?.[`${service} ${pool}`],
  }
}

function hooksFor(of: string): StepHooks {
  const hook = (id: string) => ({id, of, command: [id], timeoutMs: 2_000, idempotent: false})
  return {before: [hook('expand'), hook('before')], after: [hook('contract'), hook('after')], back: [hook('back')]}
}

/** A new contract version in four steps: server with both, client speaking both, switch, server without the old. */
const MIGRATION: Wish = {
  services: {
    accounts: {
      '1.0.0': {provides: {api: '1.0.0'}},
      '2.0.0': {provides: {api: ['1.1.0', '2.0.0']}},
      '3.0.0': {provides: {api: '2.0.0'}},
    },
    web: {
      '1.0.0': {consumes: {api: '1.0.0'}},
      '2.0.0': {modes: {v1: {consumes: {api: '1.0.0 || 1.1.0'}}, v2: {consumes: {api: '2.0.0'}}}},
    },
  },
  strict: ['api'],
  current: {accounts: '1.0.0', web: '1.0.0'},
  target: {accounts: '3.0.0', web: '2.0.0'},
}

const BROWNOUTS = new Map([['api', {share: 20, forMs: 600, checks: []}]])

/** Small worlds that have, between them, everything that a rollout can meet. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'one service': scene({services: {a: {'1.0.0': {}, '2.0.0': {}}}, current: {a: '1.0.0'}, target: {a: '2.0.0'}}),
  'one service, a bad release': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0'},
    target: {a: '2.0.0'},
    behaviours: {'a 2.0.0': {errorRate: 0.5}},
  }),
  'one service, a release that dies': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0'},
    target: {a: '2.0.0'},
    behaviours: {'a 2.0.0': {startsInMs: 300, exitsAfterMs: 1_000}},
  }),
  'one service whose pool grows with its share': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0'},
    target: {a: '2.0.0'},
    behaviours: {'a 2.0.0': {startsInMs: 300}},
    configs: {a: {run: {...RUN, replicas: 3}, rollout: {...ROLLOUT, steps: [10, 50, 100], surge: 'proportional'}}},
  }),
  'a migration in four steps': scene(MIGRATION),
  'a migration that ends badly after a brownout': scene({
    ...MIGRATION,
    brownouts: BROWNOUTS,
    behaviours: {'accounts 3.0.0': {errorRate: 1}},
  }),
  'a migration with a switch command': scene({...MIGRATION, configs: {web: {switch: ['switch-it']}}}),
  'a migration whose last release is bad': scene({...MIGRATION, behaviours: {'accounts 3.0.0': {errorRate: 1}}}),
  'a migration whose last release is bad, and all goes back': scene({
    ...MIGRATION,
    configs: {accounts: {rollout: {...ROLLOUT, onFailure: 'undo-plan'}}},
    behaviours: {'accounts 3.0.0': {errorRate: 1}},
  }),
  'two side by side, and what was done in the wave goes back': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}, b: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0', b: '1.0.0'},
    target: {a: '2.0.0', b: '2.0.0'},
    configs: {
      a: {rollout: {...ROLLOUT, steps: [100]}},
      b: {rollout: {...ROLLOUT, bakeMs: 2_000, onFailure: 'undo-wave'}},
    },
    behaviours: {'b 2.0.0': {startsInMs: 300, exitsAfterMs: 1_500}},
  }),
  'services that come and go': scene({
    services: {
      fresh: {'1.0.0': {provides: {new: '1.0.0'}}},
      gone: {'1.0.0': {provides: {old: '1.0.0'}}},
      user: {'1.0.0': {consumes: {old: '^1'}}, '2.0.0': {consumes: {new: '^1'}}},
    },
    current: {gone: '1.0.0', user: '1.0.0'},
    target: {fresh: '1.0.0', gone: 'none', user: '2.0.0'},
  }),
  'three side by side, one without a route': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}, b: {'1.0.0': {}, '2.0.0': {}}, worker: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0', b: '1.0.0', worker: '1.0.0'},
    target: {a: '2.0.0', b: '2.0.0', worker: '2.0.0'},
    unrouted: ['worker'],
  }),
  'a service with hooks': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0'},
    target: {a: '2.0.0'},
    hooked: true,
  }),
  'a bad release with hooks': scene({
    services: {a: {'1.0.0': {}, '2.0.0': {}}},
    current: {a: '1.0.0'},
    target: {a: '2.0.0'},
    behaviours: {'a 2.0.0': {errorRate: 0.5}},
    hooked: true,
  }),
}
