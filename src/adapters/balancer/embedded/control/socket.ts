import {createHash} from 'node:crypto'
import {chmodSync, lstatSync, mkdirSync, readdirSync, unlinkSync} from 'node:fs'
import {connect, createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/**
 * Who holds the control socket, holds the balancer. A dead process leaves its socket file behind, and removing it would
 * race with a newcomer that has just bound its own. So files are numbered: the highest counts, a newcomer binds the
 * number after it (which only one can), gives way if it then sees a higher one, and removes lower ones only.
 */
const NAME = /^control\.(\d{1,9})$/

/** `sun_path` holds 104 bytes on macOS, 108 on Linux. */
const MAX_PATH_BYTES = 100

/** Where the sockets of a balancer's folder are: in it, or in a short private folder where its path is too long. */
export function socketFolder(folder: string): string {
  const longest = join(folder, 'control.999999999')
  if (Buffer.byteLength(longest) <= MAX_PATH_BYTES) return folder
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  // Not os.tmpdir(): two commands with different TMPDIR must look in the same place.
  return `/tmp/sluice-${process.getuid?.() ?? 0}/${name}`
}

/** The socket to talk to, if there is one; somebody may or may not be listening. */
export function highestSocket(folder: string): string | undefined {
  const sockets = socketFolder(folder)
  const highest = numbersIn(sockets).at(-1)
  return highest === undefined ? undefined : socketPath(sockets, highest)
}

/** A control socket of ours. */
export interface ControlSocket {
  readonly path: string
  readonly server: Server
}

/** Makes this process the holder. @returns its socket; undefined where somebody else holds it */
export async function claim(
  folder: string,
  onConnection: (socket: Socket) => void,
): Promise<ControlSocket | undefined> {
  const sockets = socketFolder(folder)
  makePrivate(sockets)
  for (;;) {
    const highest = numbersIn(sockets).at(-1) ?? 0
    if (highest > 0 && (await answers(socketPath(sockets, highest)))) return undefined
    const server = createServer(onConnection)
    const path = socketPath(sockets, highest + 1)
    if (!(await bind(server, path))) continue
    const after = numbersIn(sockets)
    if (after.every(number => number <= highest + 1)) {
      for (const number of after.filter(lower => lower <= highest)) remove(socketPath(sockets, number))
      return {path, server}
    }
    server.close()
  }
}

function socketPath(sockets: string, number: number): string {
  return join(sockets, `control.${number}`)
}

/** Ascending. */
function numbersIn(sockets: string): readonly number[] {
  return namesIn(sockets)
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

function namesIn(sockets: string): readonly string[] {
  try {
    return readdirSync(sockets)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Nobody else may put a socket there for us to talk to. */
function makePrivate(sockets: string): void {
  mkdirSync(sockets, {recursive: true, mode: 0o700})
  const {uid, mode} = lstatSync(sockets)
  if (process.getuid && uid !== process.getuid()) throw new Error(`${sockets} belongs to another user`)
  if ((mode & 0o022) !== 0) chmodSync(sockets, 0o700)
}

/** Between bind and listen, one call after the other, a socket refuses although somebody is there: one refusal says nothing. */
async function answers(path: string): Promise<boolean> {
  for (const patienceMs of [5, 10, 20, 0]) {
    const code = await knock(path)
    if (code !== 'ECONNREFUSED') return code !== 'ENOENT'
    await sleep(patienceMs)
  }
  return false
}

/** @returns the error's code, or undefined where somebody listens */
function knock(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    socket.on('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}

/** @returns false where the name is taken */
function bind(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    // The mask holds for the bind, which happens in this very call: at no time may others connect.
    const mask = process.umask(0o177)
    server.listen(path, () => resolve(true))
    process.umask(mask)
  })
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
