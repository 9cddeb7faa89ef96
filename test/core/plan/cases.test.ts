import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import type {Result} from '../../../src/core/base/result.ts'
import type {EnvironmentConfig} from '../../../src/core/config/config.ts'
import {parseConfig} from '../../../src/core/config/parse.ts'
import {resolve} from '../../../src/core/graph/resolve.ts'
import {stateText} from '../../../src/core/graph/states.ts'
import type {Question} from '../../../src/core/graph/system.ts'
import {systemOf} from '../../../src/core/graph/system-of.ts'
import {check} from '../../../src/core/plan/check.ts'
import type {NoPlan, Plan} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'

/** What a case says of its plan; every key may be absent. */
interface Expected {
  readonly about?: string
  readonly feasible?: boolean
  readonly deploys?: number
  readonly switches?: number
  readonly waves?: number
  /** Pairs of states: the first is reached in an earlier wave than the second. */
  readonly before?: readonly (readonly [string, string])[]
  /** The exact series of releases. */
  readonly path?: Readonly<Record<string, readonly string[]>>
  /** A suggestion that has to be made. */
  readonly resolve?: Readonly<Record<string, string>>
}

const CASES = new URL('../../fixtures/cases/', import.meta.url)
const KNOWN = {runtimes: ['process'], balancers: ['embedded']}
const LIMITS = {timeLimitMs: 10_000, now: () => 0}

describe.each(readdirSync(CASES).sort())('%s', name => {
  const expected = JSON.parse(readFileSync(new URL(`${name}/expect.json`, CASES), 'utf8')) as Expected
  const asked = questionOf(name)
  const found = plan(asked, LIMITS)

  it(expected.about ?? 'plans as documented', () => {
    expect(found.steps !== null).toBe(expected.feasible ?? true)
    if (found.steps === null) return
    expect(check(asked, found)).toEqual([])
    expect(found.optimal).toBe(true)
    const count = (action: string): number => found.steps.filter(step => step.action === action).length
    if (expected.deploys !== undefined) expect(count('deploy')).toBe(expected.deploys)
    if (expected.switches !== undefined) expect(count('switch')).toBe(expected.switches)
    if (expected.waves !== undefined) expect(found.steps.at(-1)?.wave ?? 0).toBe(expected.waves)
  })

  it.each(expected.before ?? [])('%s before %s', (first, second) => {
    expect(waveOf(found, first)).toBeLessThan(waveOf(found, second))
  })

  it.each(Object.entries(expected.path ?? {}))('the stops of %s', (service, releases) => {
    const steps = (found.steps ?? []).filter(step => step.service === service && step.action === 'deploy')
    expect(steps.map(step => step.to?.release)).toEqual(releases)
  })

  it.each(expected.resolve ? [expected.resolve] : [])('says that $service could $kind', resolve => {
    expect((found as NoPlan).suggestions).toContainEqual(expect.objectContaining(resolve))
    expect((found as NoPlan).conflicts).not.toEqual([])
  })
})

/** The wave in which a state, `service@release` or `service@release:mode`, is reached first. */
function waveOf(found: Plan | NoPlan, text: string): number {
  const [service, state = ''] = text.split('@')
  const step = found.steps?.find(
    each => each.service === service && (stateText(each.to) === state || each.to?.release === state),
  )
  if (!step) throw new Error(`the plan does not come to ${text}`)
  return step.wave
}

/** The first environment of a case, read as a user's file is. */
function questionOf(name: string): Question {
  const source = {file: 'sluice.yaml', text: readFileSync(new URL(`${name}/sluice.yaml`, CASES), 'utf8')}
  const config = right(parseConfig(source, KNOWN))
  const [environment] = config.environments.values()
  const assembled = right(systemOf(config, new Map(), source))
  return right(resolve(assembled, {environment: environment as EnvironmentConfig}, source))
}

function right<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}
