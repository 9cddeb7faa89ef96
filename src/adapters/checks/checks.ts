import {unreachable} from '../../core/base/bug.ts'
import type {Checks, ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {reasonOf} from '../answer.ts'
import {probeCommand} from './command.ts'
import {probeHttp} from './http.ts'
import type {Providers} from '../prometheus.ts'
import {probePrometheus} from './prometheus.ts'

/** The providers of the checks that ask somebody. */
export function checksWith(providers: Providers): Checks {
  return {
    async probe(check, context) {
      try {
        return await ask(check, context, providers)
      } catch (error) {
        return {verdict: 'error', detail: reasonOf(error)}
      }
    },
  }
}

function ask(check: ProbeConfig, context: ProbeContext, providers: Providers): Promise<Probed> {
  switch (check.kind) {
    case 'http':
      return probeHttp(check, context)
    case 'command':
      return probeCommand(check, context)
    case 'prometheus':
      return probePrometheus(check, context, providers)
    default:
      return unreachable(check)
  }
}
