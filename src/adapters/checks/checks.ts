import {unreachable} from '../../core/base/bug.ts'
import type {Checks, ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {probeCommand} from './command.ts'
import {probeHttp} from './http.ts'

/** The providers of the checks that ask somebody. */
export const checks: Checks = {
  async probe(check, context) {
    try {
      return await ask(check, context)
    } catch (error) {
      // Whatever went wrong in asking says nothing on the release.
      return {verdict: 'error', detail: error instanceof Error ? error.message : String(error)}
    }
  },
}

function ask(check: ProbeConfig, context: ProbeContext): Promise<Probed> {
  switch (check.kind) {
    case 'http':
      return probeHttp(check, context)
    case 'command':
      return probeCommand(check, context)
    default:
      return unreachable(check)
  }
}
