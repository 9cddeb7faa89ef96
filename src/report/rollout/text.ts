import {printable} from '../../core/base/printable.ts'
import type {RolloutOutline} from '../../core/rollout/outline.ts'
import type {RolloutShown, StepShown} from '../../core/rollout/show.ts'
import type {Status} from '../../core/rollout/status.ts'
import {type Look, type Paint, paintOf} from '../look.ts'
import {stateText} from '../plan/words.ts'
import {padded, widest} from '../text/width.ts'
import {actLines, auditLines} from './audit.ts'
import {holderText} from './lease.ts'
import {orphansText} from './orphans.ts'

const MARK: Readonly<Record<StepShown['state'] | RolloutShown['state'], string>> = {
  pending: '·',
  waiting: '◌',
  running: '▸',
  paused: '◌',
  succeeded: '✔',
  'rolled-back': '↩',
  failed: '✖',
  aborted: '↩',
  halted: '✖',
}

/** A rollout with its steps, and why it stands where it stands. */
export function rolloutText(rollout: RolloutShown, look: Look): string {
  const paint = paintOf(look)
  const id = widest(rollout.steps.map(step => step.id))
  const head = `${paint.strong(rollout.id)}  ${coloured(rollout.state, rollout.state, paint)}  ${printable(rollout.environment)}`
  const times = paint.faint(`${rollout.startedAt} to ${rollout.endedAt ?? 'now'}`)
  const steps = rollout.steps.flatMap(step => stepLines(step, id, paint))
  const held = rollout.holder ? [paint.faint(holderText(rollout.holder))] : []
  const why = rollout.error ? whyLines(rollout.error, paint, '') : []
  const acts = rollout.acts.length === 0 ? [] : ['', ...actLines(rollout.acts, paint)]
  return [head, times, ...held, ...why, '', ...steps, ...acts, ''].join('\n')
}

/** One line a rollout, newest first. */
export function rolloutsText(rollouts: readonly RolloutOutline[], look: Look): string {
  if (rollouts.length === 0) return 'no rollouts yet; `sluice apply` begins one\n'
  const paint = paintOf(look)
  const lines = rollouts.map(
    ({id, state, steps, succeeded, startedAt}) =>
      `${id}  ${coloured(state, padded(state, 9), paint)}  ${succeeded}/${steps} steps  ${paint.faint(startedAt)}`,
  )
  return `${lines.join('\n')}\n`
}

function stepLines(step: StepShown, width: number, paint: Paint): readonly string[] {
  const share = step.state === 'running' ? ` at ${step.share} %` : ''
  const line = `${coloured(step.state, MARK[step.state], paint)} ${padded(step.id, width)}  ${step.state}${share}`
  return [line, ...auditLines(step, paint), ...(step.error ? whyLines(step.error, paint, '  ') : [])]
}

function whyLines(
  why: {readonly message: string; readonly hint?: string},
  paint: Paint,
  indent: string,
): readonly string[] {
  const hint = why.hint === undefined ? [] : [`${indent}  ${paint.faint('→')} ${printable(why.hint)}`]
  return [`${indent}${paint.bad(printable(why.message))}`, ...hint]
}

function coloured(state: StepShown['state'] | RolloutShown['state'], text: string, paint: Paint): string {
  if (state === 'succeeded') return paint.good(text)
  if (state === 'failed' || state === 'halted' || state === 'rolled-back' || state === 'aborted') return paint.bad(text)
  return state === 'pending' ? paint.faint(text) : paint.warn(text)
}

/** What a service speaks, in words. */
export type Speech = ReadonlyMap<string, {readonly provides: readonly string[]; readonly consumes: readonly string[]}>

/** What runs: a service, its pools with their instances, and the shares asked for and measured. */
export function statusText(status: Status, speech: Speech, look: Look): string {
  const paint = paintOf(look)
  const lines = status.services.flatMap(({service, state, pools}) => {
    const said = speech.get(service)
    const contracts = [
      ...(said?.provides ?? []).map(text => `serves ${text}`),
      ...(said?.consumes ?? []).map(text => `calls ${text}`),
    ]
    return [
      `${paint.name(printable(service))}  ${stateText(state)}  ${paint.faint(printable(contracts.join('; ')))}`,
      ...pools.map(
        pool =>
          `  ${padded(pool.name, 7)}  ${printable(pool.release)}  ${shareText(pool.share)}${instancesText(pool.instances, paint)}`,
      ),
    ]
  })
  const orphans = status.orphans ?? []
  if (orphans.length === 0) return `${lines.join('\n')}\n`
  const head = 'explained by no record; `sluice prune` takes it away:'
  return `${lines.join('\n')}\n\n${paint.warn(head)}\n${orphansText(orphans, look)}`
}

type Instances = Status['services'][number]['pools'][number]['instances']

function instancesText(instances: Instances, paint: Paint): string {
  const healthy = instances.filter(instance => instance.healthy).length
  const text = `${healthy}/${instances.length} healthy`
  const where = instances.map(({address}) => printable(address)).join(' ')
  return `  ${healthy === instances.length && healthy > 0 ? paint.good(text) : paint.bad(text)}  ${paint.faint(where)}`
}

function shareText({asked, measured}: Status['services'][number]['pools'][number]['share']): string {
  if (asked === null) return 'no share'
  return `${rounded(asked)} %${measured === null ? '' : `, measured ${rounded(measured)} %`}`
}

function rounded(share: number): string {
  return String(Number(share.toFixed(1)))
}
