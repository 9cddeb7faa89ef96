import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import type {BrownoutConfig} from '../config/config.ts'
import type {ContractName} from '../graph/system.ts'
import type {Step} from '../plan/plan.ts'
import type {Evidence} from './evidence.ts'
import type {Act} from './record.ts'
import type {Seen} from './seen.ts'
import {judge, nameOf} from './verdict.ts'

/** A part of the calls to a major that is about to go is answered 410 for a while, so that whoever still needs it says so. */
export interface Brownout extends BrownoutConfig {
  readonly contract: ContractName
  readonly major: number
}

interface Planned {
  readonly brownouts: readonly Brownout[]
}

export type BrownoutAct = Extract<Act, {readonly do: 'brownout'}>

/** One for each major that the step drops and whose contract wants one. */
export function brownoutsOf({gates}: Step, wanted: ReadonlyMap<ContractName, BrownoutConfig>): readonly Brownout[] {
  return gates.flatMap(gate => {
    const config = gate.kind === 'contract-unused' ? wanted.get(gate.contract) : undefined
    return gate.kind === 'contract-unused' && config ? [{...config, contract: gate.contract, major: gate.major}] : []
  })
}

/** One after the other, each until nothing of it is left. */
export function brownoutActs(brownouts: readonly Brownout[]): readonly BrownoutAct[] {
  return brownouts.flatMap(({contract, major, share}) => [
    {do: 'brownout', contract, major, share} as const,
    {do: 'brownout', contract, major, share: 0} as const,
  ])
}

/** The balancer answers 410 to just this part. */
export function isBrownedOut({contract, major, share}: BrownoutAct, {gone}: Seen): boolean {
  const now = gone?.find(one => one.contract === contract && one.major === major)?.share ?? 0
  return gone !== undefined && now === share
}

export function brownoutOf({brownouts}: Planned, {contract, major}: BrownoutAct): Brownout | undefined {
  return brownouts.find(one => one.contract === contract && one.major === major)
}

/** What a brownout comes to so far. `moved`: the balancer has ended it by itself, and it goes on. */
export type BrownedOut = {readonly is: 'early' | 'over' | 'moved'} | {readonly is: 'complaint'; readonly why: Failure}

/** A check that fails is a complaint at once; a check that finds nothing out is none. */
export function holdBrownout(course: Planned, act: BrownoutAct, seen: Seen): BrownedOut {
  const brownout = brownoutOf(course, act)
  const isOver = !brownout || seen.promoted === true || seen.watchedMs >= brownout.forMs
  const evidence: Evidence = {
    counted: undefined,
    beside: undefined,
    minRequests: 0,
    probes: seen.probes,
    moment: isOver ? 'last' : 'early',
  }
  for (const check of brownout?.checks ?? []) {
    const {is, text} = judge(check, evidence)
    if (is === 'failed' && !check.observe) return {is: 'complaint', why: complaint(act, nameOf(check), text)}
  }
  if (isOver) return {is: 'over'}
  return {is: isBrownedOut(act, seen) ? 'early' : 'moved'}
}

function complaint(act: BrownoutAct, check: string, text: string): Failure {
  return failure('rollout-failed', {
    message: `${brownoutText(act)}: ${check} failed: ${text}`,
    hint: 'the old version answers everybody again; move its callers first (`sluice usage`)',
  })
}

/** With those who called meanwhile, any of whom may have been answered 410. */
export function withCallers(why: Failure, act: BrownoutAct, callers: readonly string[] | undefined): Failure {
  if (!callers?.length) return why
  return {...why, message: `${why.message}; ${act.contract} v${act.major} was called by ${callers.join(', ')}`}
}

export function brownoutText({contract, major, share}: BrownoutAct): string {
  return share === 0
    ? `${contract} v${major} answers everybody again`
    : `410 to ${share}% of the calls to ${contract} v${major}`
}
