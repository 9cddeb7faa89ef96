import {finding} from '../../config/rules/rule.ts'
import type {Advice} from './advice.ts'

/** Shares that are held for a while, with nothing that is looked at meanwhile. */
export const baking: Advice = function* (config) {
  for (const [name, {rollout, route}] of config.services) {
    if (!route || rollout.steps.length < 2 || rollout.checks.length > 0) continue
    const message = `${name} goes through ${rollout.steps.join(', ')} %, and nothing is checked at any of them`
    yield finding(
      ['services', name, 'rollout', 'checks'],
      message,
      'name checks, like rollout: { checks: [{ errors: "< 1%" }] }',
    )
  }
}

/** A comparison with `current` that has no share at which both have traffic, or a query that nobody answers. */
export const checking: Advice = function* (config) {
  for (const [name, {rollout}] of config.services) {
    for (const [index, check] of rollout.checks.entries()) {
      const path = ['services', name, 'rollout', 'checks', index]
      if (check.kind === 'compare' && rollout.steps.every(share => share === 0 || share === 100))
        yield finding(path, `${name} is never compared: at no share have both releases traffic`, COMPARED_HINT)
      const deaf = [...config.environments.values()].filter(({prometheus}) => !prometheus).map(one => one.name)
      if (check.kind === 'prometheus' && deaf.length > 0)
        yield finding(
          path,
          `in ${deaf.join(', ')} there is no prometheus to ask, so this check has no verdict there`,
          ASKED_HINT,
        )
    }
  }
}

const COMPARED_HINT = 'give it a share below 100, like rollout: { steps: [10, 100] }'
const ASKED_HINT = 'name it, like prometheus: { url: "http://prometheus:9090" }, in the environment'
