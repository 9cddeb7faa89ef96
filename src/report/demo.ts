import type {Event} from '../core/event/event.ts'
import {paintOf, type Look} from './look.ts'

/** What the demo cost, as its report needs it. */
export interface DemoFigures {
  readonly migration: {
    readonly requests: number
    readonly failed: number
    readonly steps: readonly {
      readonly id: string
      readonly durationMs: number
      readonly shareAsked: number | null
      readonly shareMeasured: number | null
    }[]
  }
  readonly broken: {readonly noticedMs: number | null; readonly spoiled: number; readonly takenBack: boolean}
}

/** One line for what a watcher of the demo wants to see; undefined for the rest. */
export function demoLine(event: Event, look: Look): string | undefined {
  const paint = paintOf(look)
  switch (event.code) {
    case 'step-waiting':
      return `  ${event.step}  waits for ${event.for.join(', ')}`
    case 'gate-passed':
      return `  ${event.step}  gate ${event.gate}: ${event.detail}`
    case 'step-started':
      return `  ${event.step}  starts`
    case 'bake-passed':
      return `  ${event.step}  held ${event.share} %${measuredText(event.measured)}`
    case 'taking-back':
      return paint.bad(`  ${event.step}  taken back: ${event.why.message}`)
    case 'step-succeeded':
      return paint.good(`  ${event.step}  done`)
    case 'step-rolled-back':
      return paint.bad(`  ${event.step}  back on the release before`)
    default:
      return undefined
  }
}

/** The bill, at the end. */
export function demoText({migration, broken}: DemoFigures, look: Look): string {
  const paint = paintOf(look)
  const steps = migration.steps.map(
    ({id, durationMs, shareAsked, shareMeasured}) =>
      `  ${id.padEnd(12)} ${seconds(durationMs).padStart(7)}   ${shareText(shareAsked, shareMeasured)}`,
  )
  const failed = `${migration.failed} failed`
  return [
    paint.strong('What the migration cost'),
    `  ${migration.requests} requests, ${migration.failed === 0 ? paint.good(failed) : paint.bad(failed)}`,
    ...steps,
    '',
    paint.strong('What the broken release cost'),
    `  ${broken.spoiled} requests spoiled; ${broken.takenBack ? paint.good('taken back') : paint.bad('not taken back')}`,
    ...(broken.noticedMs === null
      ? []
      : [`  ${Math.round(broken.noticedMs)} ms from the first bad answer to no traffic on it`]),
    '',
  ].join('\n')
}

function measuredText({share, requests}: {readonly share?: number; readonly requests: number}): string {
  return share === undefined ? '' : ` (measured ${share.toFixed(1)} %, ${requests} requests)`
}

function shareText(asked: number | null, measured: number | null): string {
  if (asked === null) return ''
  return `asked ${asked} %, measured ${measured === null ? 'nothing' : `${measured.toFixed(1)} %`}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
