import {finding} from '../../config/rules/rule.ts'
import {isElsewhere} from '../../config/rules/known-services.ts'
import type {Advice} from './advice.ts'

/** A list of `apart` without a service of this system keeps nothing apart. */
export const elsewhere: Advice = function* (config) {
  for (const [index, names] of config.apart.entries()) {
    if (isElsewhere(names, config))
      yield finding(['apart', index], `none of ${names.join(', ')} is a service of this system`)
  }
}
