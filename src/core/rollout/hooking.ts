import {bug} from '../base/bug.ts'
import type {Failure} from '../base/failure.ts'
import {failure} from '../base/failure.ts'
import {formatDuration} from '../base/units.ts'
import type {Course} from './course.ts'
import type {Hook} from './hooks.ts'
import type {HookId, StepRecord} from './record.ts'
import type {HookEnded, Seen} from './seen.ts'

/** What is to be done about a hook whose intention is on disk. */
export type Hooking =
  /** It is to be run: this process has intended it, and not run it yet. */
  | {readonly is: 'due'}
  /** It is to be intended anew, and then run. */
  | {readonly is: 'again'}
  | {readonly is: 'ended'; readonly record: StepRecord; readonly failed?: Failure}
  /** It may have run, or not, and nobody knows. */
  | {readonly is: 'unknown'; readonly why: Failure}

/**
 * A hook is run once. Nothing in the world shows whether it was, so only the process that ran it can say how it ended. Whoever comes
 * after one that died in between asks a person, unless the file says that running it twice does no harm. A hook that is
 * known to have failed is run again when somebody resumes.
 */
export function hookingOf(course: Course, id: HookId, hasFailed: boolean, seen: Seen): Hooking {
  const hook = course.hooks.find(one => one.id === id)
  if (seen.hook) return ended(course, id, seen.hook)
  if (seen.isOwn) return hook ? {is: 'due'} : bug(`${course.step} has no hook ${id}`)
  // The file has lost it since.
  if (!hook || seen.told === 'done') return ended(course, id, SAID)
  if (hasFailed || hook.idempotent || seen.told === 'again') return {is: 'again'}
  return {is: 'unknown', why: unknown(course, hook)}
}

const SAID: HookEnded = {ok: true, output: 'taken for done, on somebody\u2019s word', tookMs: 0}

function ended(course: Course, hook: HookId, end: HookEnded): Hooking {
  const record = {code: 'hook-ended', step: course.step, hook, ...end} as const
  return end.ok ? {is: 'ended', record} : {is: 'ended', record, failed: failedBy(course, hook, end)}
}

function failedBy({service}: Course, hook: HookId, {output, tookMs}: HookEnded): Failure {
  const took = formatDuration(Math.round(tookMs / 1000) * 1000)
  return failure('rollout-failed', {
    message: `the hook ${hook} of ${service} failed after ${took}: ${output}`,
    hint: 'it is run again by `sluice rollout resume`, or by the next rollout',
  })
}

function unknown({step, service}: Course, {id, command}: Hook): Failure {
  const flag = `--hook ${JSON.stringify(`${step}/${id}`)}`
  return failure('halted', {
    message: `the hook ${id} of ${service} was begun, and nobody knows how it ended (${command.join(' ')})`,
    hint: `find out, then \`sluice rollout resume ${flag}=done\` where it has run, or =again where it is to be run`,
  })
}
