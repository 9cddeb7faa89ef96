import {existsSync} from 'node:fs'
import {balance} from './balance.ts'
import {STANDBY_OF} from './standby/message.ts'
import {type Legacy, outlive} from './standby/wait.ts'

/**
 * The balancer as a process of its own: `node balancer.js FOLDER ROOT`. It lives until it is told to end, or until ROOT,
 * the folder of the system, is gone. With `standby-of PID` it waits until that balancer is dead, and then is the balancer.
 */

const [folder, root, role, predecessor] = process.argv.slice(2)
if (folder === undefined || root === undefined || (role !== undefined && role !== STANDBY_OF))
  throw new Error(`usage: balancer FOLDER ROOT [${STANDBY_OF} PID]`)
process.on('SIGHUP', () => undefined)
const left = role === undefined ? {sockets: new Map()} : await takeOver(Number(predecessor), root)
await balance({folder, root, left})

async function takeOver(predecessor: number, root: string): Promise<Legacy> {
  const left = await outlive(predecessor)
  if (!left || !existsSync(root)) process.exit(0)
  // Who looks for the balancer among the processes must not take it for a standby.
  process.title = [process.execPath, ...process.argv.slice(1, 4)].join(' ')
  return left
}
