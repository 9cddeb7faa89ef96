import {isoOf} from '../base/units.ts'
import type {StepId} from '../plan/plan.ts'
import type {Entry, Measured, RolloutRecord, StepRecord} from './record.ts'
import type {Who} from './who.ts'

/** A gate that a step has passed: when, and on whose word or what evidence. */
export interface GateShown {
  readonly gate: string
  readonly how: 'held' | 'waived'
  readonly detail: string
  readonly by: readonly string[]
  readonly at: string
}

/** What one share was held with, and what came of it. */
export interface BakeShown {
  readonly share: number
  readonly outcome: 'passed' | 'failed' | 'unsure'
  readonly measured: Measured
  readonly at: string
}

/** One run of a hook. */
export interface HookShown {
  readonly hook: string
  readonly ok: boolean
  readonly output: string
  readonly tookMs: number
  readonly at: string
}

/** What one step went through, oldest first. */
export interface Audit {
  readonly gates: readonly GateShown[]
  readonly bakes: readonly BakeShown[]
  readonly hooks: readonly HookShown[]
}

/** What somebody did about a rollout: who, when, what and why. */
export interface ActShown {
  readonly at: string
  readonly by: {readonly name: string; readonly host: string}
  /** `begin`, `resume`, `abort`, or what was asked of whoever carried it out. */
  readonly did: string
  readonly reason?: string
  /** Why it was not done. */
  readonly refused?: string
}

/** What each step that is in the record went through. */
export function auditsOf(entries: readonly Entry[]): ReadonlyMap<StepId, Audit> {
  const audits = new Map<StepId, {gates: GateShown[]; bakes: BakeShown[]; hooks: HookShown[]}>()
  for (const {at: instant, record} of entries) {
    if (!('step' in record)) continue
    const audit = audits.get(record.step) ?? {gates: [], bakes: [], hooks: []}
    audits.set(record.step, audit)
    const at = isoOf(instant)
    audit.gates.push(...gateIn(record, at))
    audit.bakes.push(...bakeIn(record, at))
    audit.hooks.push(...hookIn(record, at))
  }
  return audits
}

function gateIn(record: StepRecord, at: string): readonly GateShown[] {
  if (record.code !== 'gate-passed') return []
  const {gate, how, detail, by = []} = record
  return [{gate, how, detail, by, at}]
}

function bakeIn(record: StepRecord, at: string): readonly BakeShown[] {
  switch (record.code) {
    case 'bake-passed':
      return [{share: record.share, outcome: 'passed', measured: record.measured, at}]
    case 'bake-unsure':
      return [{share: record.share, outcome: 'unsure', measured: record.measured, at}]
    case 'taking-back': {
      const {share, measured} = record
      return measured && share !== undefined ? [{share, outcome: 'failed', measured, at}] : []
    }
    default:
      return []
  }
}

function hookIn(record: StepRecord, at: string): readonly HookShown[] {
  if (record.code !== 'hook-ended') return []
  const {hook, ok, output, tookMs} = record
  return [{hook, ok, output, tookMs, at}]
}

/** Everything that people did about the rollout, oldest first. */
export function actsOf(entries: readonly Entry[]): readonly ActShown[] {
  return entries.flatMap(({at, record}) => ('step' in record ? [] : actIn(record, isoOf(at))))
}

function actIn(record: RolloutRecord, at: string): readonly ActShown[] {
  switch (record.code) {
    case 'rollout-begun':
      return [{at, by: whoShown(record.by), did: 'begin', ...reasonShown(record.reason)}]
    case 'rollout-resumed':
      return [{at, by: whoShown(record.by), did: 'resume', ...reasonShown(record.reason)}]
    case 'rollout-aborting':
      return [{at, by: whoShown(record.by), did: 'abort'}]
    case 'request-heard': {
      const {request, refused} = record
      const {wish} = request
      const did = wish.do === 'approve' ? `${wish.waive ? 'waive' : 'approve'} ${wish.gate}` : wish.do
      const of = 'step' in wish && wish.step !== undefined ? ` of ${wish.step}` : ''
      const why = refused && {refused: refused.message}
      return [{at, by: whoShown(request.by), did: `${did}${of}`, ...reasonShown(request.reason), ...why}]
    }
    default:
      return []
  }
}

function whoShown({name, host}: Who): ActShown['by'] {
  return {name, host}
}

function reasonShown(reason: string | undefined): {readonly reason?: string} {
  return reason ? {reason} : {}
}
