import {connect} from 'node:net'
import {get, isWell} from '../../answer.ts'
import {LOOPBACK} from './ports.ts'
import type {InstanceRecord} from './record.ts'

/** What one look at an instance's health showed. */
export interface Health {
  readonly well: boolean
  /** One line for people. */
  readonly said: string
}

/** The health path must answer 2xx; without one, it is enough that somebody listens. */
export async function healthOf({port, health}: InstanceRecord): Promise<Health> {
  const address = `${LOOPBACK}:${port}`
  if (!health) {
    const well = await listens(port)
    return {well, said: `${address}: ${well ? 'somebody listens' : `nobody listens${PORT_HINT}`}`}
  }
  const answer = await get(address, health.path, Math.min(health.timeoutMs, LONGEST_LOOK_MS))
  return {well: isWell(answer), said: answer.is === 'refused' ? answer.said + PORT_HINT : answer.said}
}

/** The configured time is for becoming healthy as a whole; one look is cut short, so that reading stays quick. */
const LONGEST_LOOK_MS = 2000

const PORT_HINT = ' (the program has to listen on the port that PORT names)'

export function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({port, host: LOOPBACK, timeout: LONGEST_LOOK_MS})
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
