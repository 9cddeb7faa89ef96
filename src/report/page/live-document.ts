import {unreachable} from '../../core/base/bug.ts'
import {printableDeep} from '../../core/base/printable.ts'
import type {Instant, Percent} from '../../core/base/units.ts'
import type {ServiceName} from '../../core/graph/system.ts'
import type {LiveStep} from '../../core/rollout/live.ts'
import {brownoutText} from '../../core/rollout/brownout.ts'
import type {Act} from '../../core/rollout/record.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {shareText} from '../rollout/line.ts'

/** What the page is told while it is open: plain texts and numbers, for it to put in as texts. */
export type LiveDocument =
  /** Nothing is carried out; the page shows the plan. */
  {readonly is: 'idle'} | {readonly is: 'unknown'; readonly why: string} | RolloutDocument

/** A rollout as it stands. */
export interface RolloutDocument extends RolloutHeadline {
  readonly is: 'rollout'
  /** All of them; in a change, those that are other than before. */
  readonly steps: readonly StepLine[]
  /** What happened last. */
  readonly said: readonly {readonly at: string; readonly text: string}[]
}

/** A rollout in one line. */
export interface RolloutHeadline {
  readonly id: string
  readonly state: RolloutShown['state']
  /** Who carries it out. */
  readonly by?: string
  readonly error?: string
}

/** One step, in words. */
interface StepLine {
  readonly id: string
  readonly mood: 'pending' | 'waiting' | 'running' | 'returning' | 'done' | 'failed'
  readonly doing: string
  readonly asked: Percent
  readonly measured?: Percent
  readonly until?: Instant
  readonly why: readonly string[]
  readonly checks: readonly {readonly name: string; readonly verdict: string; readonly text: string}[]
}

/** A rollout as the page shows it. */
export function liveDocument(
  headline: RolloutHeadline,
  steps: readonly LiveStep[],
  measured: ReadonlyMap<ServiceName, Percent>,
  said: RolloutDocument['said'],
): RolloutDocument {
  return printableDeep({
    is: 'rollout',
    ...headline,
    steps: steps.map(step => lineOf(step, measured.get(step.service))),
    said,
  })
}

/** What is to be told to whoever has heard what came before: of the steps only those that are other than they were. */
export function changeSince(before: LiveDocument | undefined, now: LiveDocument): LiveDocument {
  if (before?.is !== 'rollout' || now.is !== 'rollout' || before.id !== now.id) return now
  const known = new Map(before.steps.map(step => [step.id, JSON.stringify(step)]))
  return {...now, steps: now.steps.filter(step => known.get(step.id) !== JSON.stringify(step))}
}

function lineOf({id, is, act, share, until, why, checks}: LiveStep, measured: Percent | undefined): StepLine {
  const isMoving = is === 'acting' || is === 'holding'
  return {
    id,
    mood: is === 'waiting' && why.length > 0 ? 'waiting' : MOODS[is],
    doing: doingText(is, act),
    asked: share,
    ...(isMoving && measured !== undefined && {measured}),
    ...(until !== undefined && {until}),
    why,
    checks,
  }
}

const MOODS: Readonly<Record<LiveStep['is'], StepLine['mood']>> = {
  waiting: 'pending',
  acting: 'running',
  holding: 'running',
  returning: 'returning',
  succeeded: 'done',
  'rolled-back': 'failed',
  halted: 'failed',
}

function doingText(is: LiveStep['is'], act: Act | undefined): string {
  switch (is) {
    case 'waiting':
      return 'has not begun'
    case 'holding':
      return act?.do === 'route' ? `holds ${shareText(act.share)}` : 'is watched'
    case 'acting':
      return act ? actText(act) : 'is under way'
    case 'returning':
      return act ? `is taken back: ${actText(act)}` : 'is taken back'
    case 'succeeded':
      return 'done'
    case 'rolled-back':
      return 'was taken back'
    case 'halted':
      return 'halted: a person must look'
    default:
      return unreachable(is)
  }
}

function actText(act: Act): string {
  switch (act.do) {
    case 'start':
      return `starts ${act.pool}`
    case 'attach':
      return `tells the balancer of ${act.pool}`
    case 'route':
      return `gives it ${shareText(act.share)}`
    case 'drain':
      return `drains ${act.pool}`
    case 'stop':
      return `stops ${act.pool}`
    case 'brownout':
      return act.share === 0 ? `ends its brownout` : `answers ${brownoutText(act)}`
    case 'switch':
      return `switches to ${act.mode}`
    case 'hook':
      return `runs the hook ${act.hook}`
    default:
      return unreachable(act)
  }
}
