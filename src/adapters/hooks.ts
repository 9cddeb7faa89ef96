import type {Hooks} from '../ports/hooks.ts'
import {describeEnd, runCommand} from './command.ts'

/** Runs the user's command; exit code 0 says that it is done. */
export const hooks: Hooks = {
  async run(request) {
    const end = await runCommand(request)
    const ok = end.is === 'exited' && end.code === 0
    return {ok, output: ok ? end.output.trimEnd() : describeEnd(end, request)}
  },
}
