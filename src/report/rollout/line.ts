import {unreachable} from '../../core/base/bug.ts'
import {printable} from '../../core/base/printable.ts'
import type {Instant, Percent} from '../../core/base/units.ts'
import type {Event} from '../../core/event/event.ts'
import {brownoutText} from '../../core/rollout/brownout.ts'
import type {Act, Measured} from '../../core/rollout/record.ts'
import type {Wish} from '../../core/rollout/request.ts'
import {type Look, paintOf} from '../look.ts'
import {counted} from '../text/count.ts'

/** One line for what a person follows; undefined for what passes many times a second. */
export function eventLine(event: Event, look: Look): string | undefined {
  const text = eventText(event)
  if (text === undefined) return undefined
  const paint = paintOf(look)
  const line = 'step' in event ? `${event.step}  ${text}` : text
  switch (event.code) {
    case 'step-succeeded':
      return paint.good(line)
    case 'taking-back':
    case 'step-rolled-back':
    case 'step-halted':
      return paint.bad(line)
    case 'step-waiting':
    case 'bake-unsure':
    case 'call-failed':
    case 'lock-awaited':
    case 'record-away':
    case 'notification-failed':
      return paint.warn(line)
    default:
      return line
  }
}

/** An event in words, without who it is about; undefined for what passes many times a second. */
export function eventText(event: Event): string | undefined {
  const text = textOf(event)
  return text === undefined ? undefined : printable(text)
}

/** `5 %`, `33.3 %`. */
export function shareText(share: Percent): string {
  return `${Number(share.toFixed(1))} %`
}

/** `34 s`. */
export function tookText(from: Instant, to: Instant): string {
  return `${Math.round((to - from) / 1000)} s`
}

function textOf(event: Event): string | undefined {
  switch (event.code) {
    case 'rollout-begun':
      return `rollout ${event.rollout} begins${event.undoes === undefined ? '' : `, and takes ${event.undoes} back`}`
    case 'rollout-resumed':
      return `rollout ${event.rollout} goes on`
    case 'rollout-rests':
      return `${event.as}: ${event.why.message}`
    case 'request-heard':
      return requestText(event)
    case 'orphan-found':
      return `${event.service} ${event.pool} is explained by no record, and goes`
    case 'orphan-removed':
      return `${event.service} ${event.pool} is gone`
    case 'rollout-aborting':
      return `${event.by.name} aborts: all traffic goes back first`
    case 'rollout-ended':
      return event.failure ? `${event.as}: ${event.failure.message}` : event.as
    case 'step-waiting':
      return `waits: ${event.for.join('; ')}`
    case 'gate-passed':
      return `gate ${event.gate} ${event.how}: ${event.detail}`
    case 'step-started':
      return 'begins'
    case 'act-intended':
      return undefined
    case 'act-done':
      return actText(event.act)
    case 'hook-ended':
      return hookText(event)
    case 'bake-passed':
      return `held ${shareText(event.share)}${measuredText(event.measured)}`
    case 'bake-unsure':
      return `no verdict: ${event.why.message}`
    case 'taking-back':
      return `taken back: ${event.why.message}`
    case 'step-succeeded':
      return 'done'
    case 'step-rolled-back':
      return 'back where it was'
    case 'step-halted':
      return `halted: ${event.why.message}`
    case 'call-failed':
      return `${event.what}: ${event.message}`
    case 'lock-awaited':
    case 'preparing':
      return event.message
    case 'record-away':
      return `the record has not been reached since ${event.since}: ${event.message}; traffic stays as it is`
    case 'record-back':
      return `the record is reached again; it was not since ${event.since}`
    case 'notification-failed':
      return `${event.to} was not told: ${event.message}`
    case 'instances-seen':
    case 'share-seen':
    case 'check-answered':
      return undefined
    default:
      return unreachable(event)
  }
}

function requestText({request, refused}: Extract<Event, {readonly code: 'request-heard'}>): string {
  const why = request.reason === undefined ? '' : `: ${request.reason}`
  const asked = `${request.by.name} asks to ${wishText(request.wish)}${why}`
  return refused ? `${asked}; refused: ${refused.message}` : asked
}

/** What is wanted, after "asks to". */
function wishText(wish: Wish): string {
  switch (wish.do) {
    case 'promote':
      return wish.full ? 'skip every bake' : `skip the bake${wish.step === undefined ? '' : ` of ${wish.step}`}`
    case 'approve':
      return `${wish.waive ? 'waive' : 'approve'} ${wish.gate}${wish.step === undefined ? '' : ` of ${wish.step}`}`
    case 'forgive':
      return `forgive ${wish.service}@${wish.pool}`
    case 'retry':
      return `try ${wish.step ?? 'what was taken back'} again`
    default:
      return wish.do
  }
}

function actText(act: Act): string | undefined {
  switch (act.do) {
    case 'route':
      return `share ${shareText(act.share)}`
    case 'start':
      return `${act.pool} is healthy`
    case 'switch':
      return `switched to ${act.mode}`
    case 'attach':
    case 'drain':
      return undefined
    case 'stop':
      return `${act.pool} has ended`
    case 'brownout':
      return brownoutText(act)
    case 'hook':
      return undefined
    default:
      return unreachable(act)
  }
}

function hookText({hook, ok, output, tookMs}: Extract<Event, {readonly code: 'hook-ended'}>): string {
  const took = `${Math.round(tookMs / 1000)} s`
  const said = output === '' ? '' : `: ${output}`
  return `hook ${hook} ${ok ? 'done' : 'failed'} after ${took}${ok ? '' : said}`
}

function measuredText({share, requests, errors, checks}: Measured): string {
  const inconclusive = checks.flatMap(({name, verdict, text}) =>
    verdict === 'inconclusive' ? [`${name}: ${text}`] : [],
  )
  const got = share === undefined ? [] : [`measured ${shareText(share)} of the traffic`, counted(requests, 'request')]
  const bad = errors > 0 ? [counted(errors, 'error')] : []
  const parts = [...got, ...bad, ...inconclusive]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
