import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

/** Which rollout; for commands that concern one. */
export const rolloutId = {
  id: Args.string({
    ignoreStdin: true,
    default: 'latest',
    description: 'Which one; latest is the newest of those under way, or else of all.',
  }),
}

/** One step of it. */
export const step = {
  step: Flags.string({helpValue: 'STEP', description: 'Only this step, as accounts-1; without it, every one.'}),
}

/** The same as a wish has it. */
export function stepOf(flags: {readonly step?: string | undefined}): {readonly step?: string} {
  return flags.step === undefined ? {} : {step: flags.step}
}
