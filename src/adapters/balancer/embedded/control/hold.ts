import {existsSync, mkdirSync, statSync} from 'node:fs'
import {createServer, type Socket} from 'node:net'
import type {Legacy} from '../standby/wait.ts'
import {claim, type ControlSocket} from './socket.ts'

/** The control socket, as long as it is ours. */
export interface Held {
  /** As it is now. */
  readonly socket: ControlSocket
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
 * @param left the socket of a balancer that is dead. It never stopped listening, so nobody else has taken its place.
 */
export async function hold(
  folder: string,
  root: string,
  onConnection: (socket: Socket) => void,
  left: Legacy['control'],
): Promise<Held | undefined> {
  const first = left ? await inherited(left, onConnection) : await claimed(folder, onConnection)
  if (first === undefined) return undefined
  let ours = first
  return {
    get socket() {
      return ours
    },
    async keep() {
      if (inodeOf(ours.path) === ours.inode) return 'kept'
      if (!existsSync(root)) return 'lost'
      // The old one is left as it is: closing it would remove whatever has its name by now.
      const again = await claimed(folder, onConnection)
      if (again === undefined) return 'lost'
      ours = again
      return 'restored'
    },
  }
}

interface Ours extends ControlSocket {
  readonly inode: number | undefined
}

async function claimed(folder: string, onConnection: (socket: Socket) => void): Promise<Ours | undefined> {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const socket = await claim(folder, onConnection)
  return socket && {...socket, inode: inodeOf(socket.path)}
}

async function inherited(
  {path, handle}: NonNullable<Legacy['control']>,
  onConnection: (socket: Socket) => void,
): Promise<Ours> {
  const server = createServer(onConnection)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(handle, resolve))
  return {path, server, inode: inodeOf(path)}
}

/** Another process's socket may have the name that ours had. */
function inodeOf(path: string): number | undefined {
  return statSync(path, {throwIfNoEntry: false})?.ino
}
