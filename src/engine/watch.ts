import type {DurationMs, Percent} from '../core/base/units.ts'
import type {CheckConfig} from '../core/config/config.ts'
import {spareOf} from '../core/config/size.ts'
import type {State} from '../core/graph/system.ts'
import type {Course} from '../core/rollout/course.ts'
import {NO_ANSWERS, tallied} from '../core/rollout/answers.ts'
import {brownoutOf} from '../core/rollout/brownout.ts'
import type {Act} from '../core/rollout/record.ts'
import type {Probe} from '../core/rollout/seen.ts'
import type {StepState} from '../core/rollout/step-state.ts'
import {nameOf} from '../core/rollout/verdict.ts'
import type {Probed, ProbeConfig} from '../ports/checks.ts'
import type {Session} from './session.ts'

/** The checks that ask somebody, asked over and over while a share is held, beside the loop and not in its way. */
export interface Watch {
  /** Asks whoever is due, about these instances, which the latest look has shown to serve. */
  tick(serving: readonly string[]): void
  /** What each has heard. */
  answers(): readonly Probe[]
  end(): void
}

/** A bad answer that may be of an instance which is about to be missed. */
interface Doubt {
  readonly check: ProbeConfig
  readonly probed: Probed
  readonly addresses: readonly string[]
  /** How often the world was looked at since. */
  looks: number
}

const INTERVAL_MS: Readonly<Record<ProbeConfig['kind'], DurationMs>> = {http: 1000, command: 1000, prometheus: 5000}
/** What a probe may take beyond its own time limit before it is given up. */
const GRACE_MS: DurationMs = 1000

export function watch(session: Session, course: Course, next: State, state: StepState): Watch {
  const ended = new AbortController()
  const answers = new Map<ProbeConfig, Probe>()
  const dueAt = new Map<ProbeConfig, DurationMs>()
  const {clock, checks, emit, folder} = session.deps
  const held = state.is === 'holding' ? checksIn(course, state.act).filter(isProbe) : []
  const doubts = new Set<Doubt>()
  // Where no instance may be missing, one that goes away is a reason of its own.
  const spares = course.next !== null && spareOf(course.replicas, course.redundancy) > 0
  const share: Percent = state.is === 'holding' && state.act.do === 'route' ? state.act.share : 100

  async function ask(check: ProbeConfig, addresses: readonly string[]): Promise<void> {
    dueAt.set(check, Infinity)
    const context = {service: course.service, state: next, share, addresses, folder, signal: ended.signal}
    const answered = new AbortController()
    const late = givenUp(check, AbortSignal.any([ended.signal, answered.signal]))
    const probed = await Promise.race([checks.probe(check, context), late])
    answered.abort('answered')
    if (ended.signal.aborted) return
    if (spares && check.kind === 'http' && probed.verdict !== 'passed') doubts.add({check, probed, addresses, looks: 0})
    else count(check, probed)
  }

  function count(check: ProbeConfig, {verdict, detail}: Probed): void {
    answers.set(check, {check, tally: tallied(answers.get(check)?.tally ?? NO_ANSWERS, verdict), detail})
    dueAt.set(check, clock.monotonic() + (check.intervalMs ?? INTERVAL_MS[check.kind]))
    emit({
      at: clock.now(),
      rollout: session.id,
      code: 'check-answered',
      step: course.step,
      check: nameOf(check),
      verdict,
      detail,
    })
  }

  async function givenUp({timeoutMs}: ProbeConfig, signal: AbortSignal): Promise<Probed> {
    await clock.sleep(timeoutMs + GRACE_MS, signal)
    return {verdict: 'error', detail: 'it did not answer in its time'}
  }

  /** A look that began after the answer shows whether it came from somebody who goes away: then it is asked anew. */
  function settle(serving: readonly string[]): void {
    for (const doubt of doubts) {
      const {check, probed, addresses} = doubt
      const isPast = addresses.some(address => !serving.includes(address))
      if (!isPast && doubt.looks++ === 0) continue
      doubts.delete(doubt)
      if (isPast) dueAt.set(check, clock.monotonic())
      else count(check, probed)
    }
  }

  return {
    tick: addresses => {
      settle(addresses)
      for (const check of held) if ((dueAt.get(check) ?? 0) <= clock.monotonic()) void ask(check, addresses)
    },
    answers: () => [...answers.values()],
    end: () => ended.abort('left'),
  }
}

function checksIn(course: Course, act: Act): readonly CheckConfig[] {
  return act.do === 'brownout' ? (brownoutOf(course, act)?.checks ?? []) : course.checks
}

function isProbe(check: CheckConfig): check is ProbeConfig {
  return check.kind in INTERVAL_MS
}
