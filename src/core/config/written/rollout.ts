import type {Allowance} from '../config.ts'
import type {Percent} from '../../base/units.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {formed, oneOf, whole} from '../shape/scalar.ts'
import {about, isBlamed, mapped, type Read, refuse, type Shape} from '../shape/shape.ts'
import {check} from './check.ts'
import {duration} from './values.ts'

const steps: Shape<readonly Percent[]> = mapped(list(whole(0, 100, 'a share'), 'shares', 1), (shares, at) => {
  if (isBlamed(at)) return undefined
  const last = shares[shares.length - 1]
  if (shares.some((share, index) => index > 0 && share <= (shares[index - 1] ?? 0))) {
    return refuse(at, `the shares ${shares.join(', ')} do not rise`, 'write them ascending, like [5, 25, 50, 100]')
  }
  return last === 100 ? shares : refuse(at, `the last share is ${last}, not 100`, 'end with 100, like [5, 25, 50, 100]')
})

/** A number of instances, or a part of them like `25%`. */
const allowance: Shape<Allowance> = mapped(
  formed(/^\d{1,5}%?$/, 'a number of instances', () => 'write a number, or a part of them like "25%"'),
  (found, at) => {
    const number = Number.parseInt(found, 10)
    if (!found.endsWith('%')) return {count: number}
    return number <= 100 ? {percent: number} : refuse(at, `${JSON.stringify(found)} is more than all`, 'at most "100%"')
  },
)

export const rollout = object(
  {
    steps: maybe(
      about('Shares of the traffic that the next release gets one after the other; the last is 100.', steps),
    ),
    bake: maybe(
      about('How long each share is held while the checks hold. 60s without it, and 0 for a backend.', duration),
    ),
    checks: maybe(about('What must hold at every share.', list(check, 'checks'))),
    minRequests: maybe(
      about(
        'Fewer requests than this say nothing about errors or latency, and are waited for. 20 without it; 0 needs none.',
        whole(0, 1_000_000_000, 'a number of requests'),
      ),
    ),
    deadline: maybe(
      about(
        'How long after a share is reached every check must have come to a verdict. Twice the bake without it, and at least 30s more than it.',
        duration,
      ),
    ),
    onFailure: maybe(
      about(
        'What else goes back where a step of this service was taken back: nothing (halt, the default), what was done in its wave, or all that was done.',
        oneOf(['halt', 'undo-wave', 'undo-plan'], 'a failure policy'),
      ),
    ),
    surge: maybe(
      about(
        'Instances of the next release beside the current ones: full, all of them from the first share on, or proportional, as many as each share needs. full without it.',
        oneOf(['full', 'proportional'], 'a surge'),
      ),
    ),
    maxUnavailable: maybe(
      about(
        'How many instances of the next release may be missing or ill, as a number or like "25%". 0 without it.',
        allowance,
      ),
    ),
    leastHealthy: maybe(
      about(
        'Healthy instances of the next release below which it never carries traffic. 1 without it.',
        whole(1, 10_000, 'a number of instances'),
      ),
    ),
  },
  'a rollout',
)

export type WrittenRollout = Read<typeof rollout>
