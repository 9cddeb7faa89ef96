import {existsSync, mkdirSync, statSync} from 'node:fs'
import type {Socket} from 'node:net'
import {claim} from './socket.ts'

/** The control socket, as long as it is ours. */
export interface Held {
  /**
   * Somebody may have removed our folder: then nobody could reach us, and a new process could not listen where we do.
   * So we put the socket back; it is 'lost' where another process holds the balancer by now, or where all that we
   * worked for has been removed.
   */
  keep(): Promise<'kept' | 'restored' | 'lost'>
}

/**
 * Undefined where another process holds the balancer.
 * @param root the folder of the system; without it there is nothing left to balance
 */
export async function hold(
  folder: string,
  root: string,
  onConnection: (socket: Socket) => void,
): Promise<Held | undefined> {
  let ours = await claimed(folder, onConnection)
  if (ours === undefined) return undefined
  return {
    async keep() {
      if (ours !== undefined && inodeOf(ours.path) === ours.inode) return 'kept'
      if (!existsSync(root)) return 'lost'
      // The old one is left as it is: closing it would remove whatever has its name by now.
      ours = await claimed(folder, onConnection)
      return ours === undefined ? 'lost' : 'restored'
    },
  }
}

async function claimed(folder: string, onConnection: (socket: Socket) => void) {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const path = await claim(folder, onConnection)
  return path === undefined ? undefined : {path, inode: inodeOf(path)}
}

/** Another process's socket may have the name that ours had. */
function inodeOf(path: string): number | undefined {
  return statSync(path, {throwIfNoEntry: false})?.ino
}
