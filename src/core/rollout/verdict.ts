import {unreachable} from '../base/bug.ts'
import type {CheckConfig} from '../config/config.ts'
import {judgeAnswers} from './answers.ts'
import {judgeAgainst} from './compare.ts'
import type {Evidence, Verdict} from './evidence.ts'
import {judgeErrors, judgeLatency} from './rate.ts'

/** What a check comes to. */
export function judge(check: CheckConfig, evidence: Evidence): Verdict {
  switch (check.kind) {
    case 'errors':
      return judgeErrors(check.below, evidence)
    case 'latency':
      return judgeLatency(check.quantile, check.belowMs, evidence)
    case 'compare':
      return judgeAgainst(check, evidence)
    case 'http':
    case 'command':
    case 'prometheus':
      return judgeAnswers(check, evidence)
    default:
      return unreachable(check)
  }
}

/** How a check is called in reports. */
export function nameOf(check: CheckConfig): string {
  if (check.name !== undefined) return check.name
  switch (check.kind) {
    case 'errors':
      return 'errors'
    case 'latency':
      return `p${check.quantile}`
    case 'compare':
      return check.of === 'errors' ? 'errors against current' : `p${check.of} against current`
    case 'http':
      return `http ${check.path}`
    case 'command':
      return `command ${check.command[0] ?? ''}`
    case 'prometheus':
      return 'prometheus'
    default:
      return unreachable(check)
  }
}
