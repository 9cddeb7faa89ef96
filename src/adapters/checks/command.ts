import type {ProbeConfig, ProbeContext, Probed} from '../../ports/checks.ts'
import {type CommandEnd, describeEnd, runCommand} from '../command.ts'

/** The user's program says yes by exit code 0, and no by any other. */
export async function probeCommand(check: CommandProbe, context: ProbeContext): Promise<Probed> {
  const {folder, signal} = context
  const end = await runCommand({...check, folder, env: environmentOf(context), signal})
  return {verdict: verdictOf(end), detail: describeEnd(end, check)}
}

/** A program that hangs, is killed or cannot be started has found out nothing. */
function verdictOf(end: CommandEnd): Probed['verdict'] {
  if (end.is !== 'exited') return 'error'
  return end.code === 0 ? 'passed' : 'failed'
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
