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
