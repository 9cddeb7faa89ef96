import {saidBy} from '../../core/rollout/condition.ts'
import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {describeEnd, runCommand} from '../command.ts'

/**
 * The user's program says yes by exit code 0, and no by any other. With conditions it is what it writes that is
 * measured, and any other code says that it could not measure.
 */
export async function probeCommand(check: CommandProbe, context: ProbeContext): Promise<Probed> {
  const {folder, signal} = context
  const end = await runCommand({...check, folder, env: environmentOf(context), signal})
  const detail = describeEnd(end, check)
  // A program that hangs, is killed or cannot be started has found out nothing.
  if (end.is !== 'exited') return {verdict: 'error', detail}
  const isJudged = check.success ?? check.failure
  if (!isJudged) return {verdict: end.code === 0 ? 'passed' : 'failed', detail}
  return end.code === 0 ? saidBy([end.output.trim()], check) : {verdict: 'error', detail}
}

type CommandProbe = Extract<ProbeConfig, {readonly kind: 'command'}>

function environmentOf({service, state, share, addresses}: ProbeContext): Record<string, string> {
  return {
    SLUICE_SERVICE: service,
    SLUICE_RELEASE: state.release,
    SLUICE_MODE: state.mode ?? '',
    SLUICE_SHARE: String(share),
    SLUICE_ADDRESSES: addresses.join(','),
  }
}
