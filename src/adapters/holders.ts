import {hostname, userInfo} from 'node:os'
import type {Who} from '../core/rollout/record.ts'
import type {Holders} from '../ports/holders.ts'
import {identify, isAlive} from './processes/identity.ts'

/** This process, as it signs its records and its lock. */
export function whoAmI(environment: NodeJS.ProcessEnv = process.env): Who {
  const {boot = '', started = ''} = identify(process.pid) ?? {}
  const name = environment['GITHUB_ACTOR'] ?? environment['GITLAB_USER_LOGIN'] ?? userName()
  return {name, host: hostname(), pid: process.pid, boot, started}
}

/** Whoever is not of this run of this machine may be alive, as far as we can know. */
export const holders: Holders = {
  isGone: who => who.host === hostname() && who.boot === whoAmI().boot && !isAlive(who),
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
