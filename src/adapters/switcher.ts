import {type Failure, failure} from '../core/base/failure.ts'
import {fail, ok} from '../core/base/result.ts'
import type {SwitchRequest, Switcher} from '../ports/switcher.ts'
import {type CommandEnd, describeEnd, runCommand} from './command.ts'

/** Switches by running the user's command; exit code 0 says that it is done. */
export const switcher: Switcher = {
  async switch(request) {
    const {command, folder, timeoutMs, signal} = request
    const end = await runCommand({command, folder, env: environmentOf(request), timeoutMs, signal})
    return end.is === 'exited' && end.code === 0 ? ok(undefined) : fail(failureOf(end, request))
  },
}

function environmentOf({service, from, to, addresses}: SwitchRequest): Record<string, string> {
  return {
    SLUICE_SERVICE: service,
    SLUICE_RELEASE: to.release,
    SLUICE_MODE: to.mode ?? '',
    SLUICE_FROM_MODE: from?.mode ?? '',
    SLUICE_ADDRESSES: addresses.join(','),
  }
}

function failureOf(end: CommandEnd, request: SwitchRequest): Failure {
  if (end.is === 'not-started') return end.failure
  return failure('runtime-failed', {
    message: `the switch of ${request.service} was not done: ${describeEnd(end, request)}`,
    hint: `run it by hand: ${request.command.join(' ')}`,
  })
}
