import {setTimeout as sleep} from 'node:timers/promises'
import {type Handle, isHandle} from './handle.ts'
import {type FromStandby, LISTENS, type ToStandby} from './message.ts'

/** What a dead balancer has left. The kernel has kept it open meanwhile: who connects is queued. */
export interface Legacy {
  /** The number that it had. */
  readonly from?: number
  readonly control?: {readonly path: string; readonly handle: Handle}
  /** By address. */
  readonly sockets: Map<string, Handle>
}

/** A process that dies lets go of its descriptors a moment before it is gone. */
const POLL_MS = 2
const LIMIT_MS = 10_000

/**
 * Holds what the balancer listens on, until that is dead. Undefined where it lives and has only let go of us: then it is
 * the balancer, and starts another standby. One that was stopped, or hangs, keeps its end of the channel.
 */
export async function outlive(balancer: number): Promise<Legacy | undefined> {
  const held = holdAll()
  // What was sent before comes first.
  await new Promise(resolve => (process.connected ? process.once('disconnect', resolve) : setImmediate(resolve)))
  const limit = performance.now() + LIMIT_MS
  // Its children get another parent when it is gone, and only then: no number that is used again can deceive us.
  while (process.ppid === balancer) {
    if (performance.now() > limit) return undefined
    await sleep(POLL_MS)
  }
  return {from: balancer, ...held()}
}

/** Takes what is handed over; answers what there is. */
function holdAll(): () => Legacy {
  const sockets = new Map<string, Handle>()
  let control: Legacy['control']
  process.on('message', (message: ToStandby, handle: unknown) => {
    switch (message.do) {
      case 'hold':
        return isHandle(handle) && void sockets.set(message.address, handle)
      case 'drop':
        sockets.get(message.address)?.close()
        return sockets.delete(message.address)
      case 'control':
        control?.handle.close()
        control = isHandle(handle) ? {path: message.path, handle} : undefined
        return
      case 'answer':
        return answer({answered: message.number})
    }
  })
  answer({answered: LISTENS})
  return () => ({...(control && {control}), sockets})
}

function answer(message: FromStandby): void {
  process.send?.(message, undefined, undefined, () => undefined)
}
