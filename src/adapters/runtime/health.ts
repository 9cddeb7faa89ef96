import {connect} from 'node:net'
import type {RunConfig} from '../../core/config/config.ts'
import type {DurationMs} from '../../core/base/units.ts'
import {get, isWell} from '../answer.ts'

/** What one look at an instance's health showed. */
export interface Health {
  readonly well: boolean
  /** One line for people. */
  readonly said: string
}

/**
 * The configured time is for becoming healthy as a whole; one look is cut short, so that an instance that hangs is told
 * before whoever reads gives up on the runtime, but not so short that a busy machine has a good release taken back.
 */
const LONGEST_LOOK_MS: DurationMs = 3000

/**
 * The health path must answer 2xx; without one, it is enough that somebody listens.
 * @param hint what to look after where nobody listens
 * @param stayMs how long a connection must last to count: a proxy in between takes it and then finds nobody
 */
export async function healthOf(
  address: string,
  health: RunConfig['health'],
  hint: string,
  stayMs: DurationMs = 0,
): Promise<Health> {
  if (!health) {
    const well = await listens(address, stayMs)
    return {well, said: `${address}: ${well ? 'somebody listens' : `nobody listens ${hint}`}`}
  }
  const answer = await get(address, health.path, {timeoutMs: Math.min(health.timeoutMs, LONGEST_LOOK_MS)})
  return {well: isWell(answer), said: answer.is === 'refused' ? `${answer.said} ${hint}` : answer.said}
}

export function listens(address: string, stayMs: DurationMs = 0): Promise<boolean> {
  const at = address.lastIndexOf(':')
  return new Promise(resolve => {
    const socket = connect({port: Number(address.slice(at + 1)), host: address.slice(0, at), timeout: LONGEST_LOOK_MS})
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => (stayMs === 0 ? settle(true) : setTimeout(() => settle(true), stayMs)))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
