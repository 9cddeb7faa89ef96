import {readdirSync, readFileSync} from 'node:fs'
import {load} from 'js-yaml'
import maxSatisfying from 'semver/ranges/max-satisfying.js'
import {describe, expect, it} from 'vitest'
import {stateText} from '../../../src/core/graph/states.ts'
import {check} from '../../../src/core/plan/check.ts'
import type {NoPlan, Plan} from '../../../src/core/plan/plan.ts'
import {plan} from '../../../src/core/plan/planner.ts'
import {type Asked, question} from '../../support/question.ts'

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
const LIMITS = {timeLimitMs: 10_000, now: () => Date.now()}

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

function questionOf(name: string) {
  const file = load(readFileSync(new URL(`${name}/sluice.yaml`, CASES), 'utf8')) as {
    services: Record<string, {releases: Asked['services'][string]; after?: string[]}>
    contracts?: Record<string, {compatibility?: string}>
    apart?: string[][]
    environments: Record<string, {current: Record<string, string>; target: Record<string, string>}>
  }
  const environment = Object.values(file.environments)[0]
  const resolved = (service: string, range: string): string => {
    const versions = Object.keys(file.services[service]?.releases ?? {})
    return maxSatisfying(versions, range === 'latest' ? '*' : range) ?? range
  }
  return question({
    services: Object.fromEntries(Object.entries(file.services).map(([service, {releases}]) => [service, releases])),
    strict: Object.entries(file.contracts ?? {}).flatMap(([contract, {compatibility}]) =>
      compatibility === 'strict' ? [contract] : [],
    ),
    apart: file.apart ?? [],
    current: environment?.current ?? {},
    target: Object.fromEntries(
      Object.entries(environment?.target ?? {}).map(([service, range]) => [service, resolved(service, range)]),
    ),
  })
}
