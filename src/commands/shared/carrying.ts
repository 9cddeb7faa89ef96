import * as Flags from '@oclif/core/flags'
import type {ApplyOptions} from '../../app/apply.ts'
import {unreachable} from '../../core/base/bug.ts'
import {EXIT_OF_FAILURE, type FailureCode} from '../../core/base/failure.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {lockWait} from './flags.ts'

/** Why; kept in the record, and shown to whoever finds the environment locked. */
export const reason = {
  reason: Flags.string({
    helpValue: 'TEXT',
    default: '',
    description: 'Why, for the record and for whoever finds it locked.',
  }),
}

/** Flags of every command that carries a plan out. */
export const carrying = {
  ...reason,
  wait: Flags.boolean({description: 'Wait for gates, instead of ending with 4 when one does not hold.'}),
  waive: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'GATE',
    description:
      'Go on without this gate, as contract-unused:accounts-api@1, or all; inconclusive goes on where checks have no verdict. Recorded.',
  }),
  ...lockWait,
  parallel: Flags.integer({min: 1, description: 'How many steps may be under way at once.'}),
  events: Flags.string({
    helpValue: 'FILE|-',
    description: 'Every event as a line of JSON, added to this file, or on standard output for -.',
  }),
}

export interface CarryingFlags {
  readonly reason: string
  readonly wait: boolean
  readonly waive?: readonly string[] | undefined
  readonly 'lock-wait': number
  readonly parallel?: number | undefined
  readonly events?: string | undefined
  readonly config?: string | undefined
}

const INTERRUPTED = 130
const SHOW_CURSOR = '\u001b[?25h'

/**
 * The engine's options, with signals: each asks for a pause where it is safe. A second Ctrl-C asks for the way back, and a
 * third ends this process on the spot, which leaves `rollout resume` more to find out. What ends a job in CI only pauses,
 * however often it comes: there, nobody has looked.
 */
export function optionsOf(
  flags: CarryingFlags,
  say: (text: string) => void,
): {options: ApplyOptions; done: () => void} {
  const [pause, abort] = [new AbortController(), new AbortController()]
  const onSignal = (signal: NodeJS.Signals) => {
    const isMine = signal === 'SIGINT'
    if (!pause.signal.aborted) {
      say(`${signal}: stopping where it is safe${isMine ? '; once more takes back what is under way' : ''}`)
      return pause.abort()
    }
    if (!isMine) return
    if (abort.signal.aborted) {
      if (process.stdout.isTTY) process.stdout.write(SHOW_CURSOR)
      process.exit(INTERRUPTED)
    }
    say(`${signal}: taking back what is under way; once more leaves at once`)
    abort.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  const {reason, wait, waive, parallel} = flags
  const options = {
    reason,
    wait,
    lockWaitMs: flags['lock-wait'],
    ...(waive && {waive}),
    ...(parallel !== undefined && {parallel}),
    pause: pause.signal,
    abort: abort.signal,
  }
  return {
    options,
    done: () => {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

/** How the command ends for how the rollout stands; 0 where it succeeded, or goes on. */
export function exitOf(state: RolloutShown['state']): number {
  const code = codeOf(state)
  return code === undefined ? 0 : EXIT_OF_FAILURE[code]
}

function codeOf(state: RolloutShown['state']): FailureCode | undefined {
  switch (state) {
    case 'succeeded':
    case 'running':
      return undefined
    case 'failed':
    case 'aborted':
      return 'rollout-failed'
    case 'waiting':
    case 'paused':
      return 'waiting'
    case 'halted':
      return 'halted'
    default:
      return unreachable(state)
  }
}
