import {printable} from '../../core/base/printable.ts'
import type {ActShown, BakeShown, GateShown, HookShown} from '../../core/rollout/audit.ts'
import type {StepShown} from '../../core/rollout/show.ts'
import type {Paint} from '../look.ts'
import {shareText} from './line.ts'

/** What a step went through: its gates, its hooks, and what every verdict rested on. */
export function auditLines({gates, hooks, bakes, waitsFor}: StepShown, paint: Paint): readonly string[] {
  const all = [
    ...gates.map(one => ({at: one.at, lines: [gateLine(one, paint)]})),
    ...hooks.map(one => ({at: one.at, lines: hookLines(one, paint)})),
    ...bakes.map(one => ({at: one.at, lines: bakeLines(one, paint)})),
  ].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const open = waitsFor.map(text => `    ${paint.warn(`waits: ${printable(text)}`)}`)
  return [...all.flatMap(({lines}) => lines), ...open]
}

/** Who did what about the rollout, and why. */
export function actLines(acts: readonly ActShown[], paint: Paint): readonly string[] {
  return acts.map(({at, by, did, reason, refused}) => {
    const why = reason === undefined ? '' : `: ${reason}`
    const no = refused === undefined ? '' : ` ${paint.bad(printable(`(refused: ${refused})`))}`
    return `${paint.faint(at)}  ${printable(`${by.name}@${by.host}  ${did}${why}`)}${no}`
  })
}

function gateLine({gate, how, detail}: GateShown, paint: Paint): string {
  const mark = how === 'held' ? paint.good('◆') : paint.warn('◇')
  return `    ${mark} ${printable(`${gate} ${how}: ${detail}`)}`
}

function hookLines({hook, ok, output, tookMs}: HookShown, paint: Paint): readonly string[] {
  const head = `    ${ok ? paint.good('✔') : paint.bad('✖')} hook ${printable(hook)}, ${Math.round(tookMs / 1000)} s`
  const said = output.split('\n').filter(line => line.trim() !== '')
  return [head, ...said.map(line => paint.faint(`      ${printable(line)}`))]
}

const BAKE_MARK = {passed: '✔', failed: '✖', unsure: '?'} as const
const CHECK_MARK = {passed: '✔', failed: '✖', undecided: '·', inconclusive: '?'} as const

function bakeLines({share, outcome, measured}: BakeShown, paint: Paint): readonly string[] {
  const {requests, errors, total, share: got, checks} = measured
  const seen = got === undefined ? '' : `, measured ${shareText(got)} of ${total} requests`
  const counts = total === 0 ? '' : `: ${requests} on next, ${errors} failed`
  const head = `    ${tone(outcome, BAKE_MARK[outcome], paint)} ${shareText(share)}${seen}${counts}`
  const judged = checks.map(({name, verdict, text, observed}) => {
    const only = observed ? ' (observed only)' : ''
    return `      ${tone(verdict, CHECK_MARK[verdict], paint)} ${printable(`${name}: ${text}${only}`)}`
  })
  return [head, ...judged]
}

function tone(outcome: string, text: string, paint: Paint): string {
  if (outcome === 'passed') return paint.good(text)
  return outcome === 'failed' ? paint.bad(text) : paint.warn(text)
}
