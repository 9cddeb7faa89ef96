import {spawn} from 'node:child_process'
import type {DurationMs} from '../../../../core/base/units.ts'
import type {Handle} from './handle.ts'
import {type FromStandby, LISTENS, STANDBY_OF, type ToStandby} from './message.ts'

/** One standby, as its balancer sees it. */
export interface StandbyProcess {
  readonly pid: number | undefined
  /** In the order of the calls, and not before it listens. */
  tell(message: ToStandby, handle?: Handle): void
  /** Resolves when it has done all it was told. One that has not in time is killed, which comes to the same. */
  settled(): Promise<void>
  /** It has nothing that could be lost. */
  kill(): void
  /** How it ended. */
  readonly ended: Promise<string>
}

/** Its start may be under way, and takes its time on a machine that is busy. */
const SETTLE_MS: DurationMs = 10_000

/** Starts this very program once more. Detached, so that what is meant for the balancer's group spares it. */
export function startStandby(folder: string, root: string): StandbyProcess {
  const [, program = ''] = process.argv
  const args = [...process.execArgv, program, folder, root, STANDBY_OF, String(process.pid)]
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    cwd: folder,
  })
  const ended = new Promise<string>(resolve => {
    child.on('error', error => child.pid === undefined && resolve(error.message))
    child.on('exit', (code, signal) => resolve(`ended with ${code ?? signal}`))
  })
  const kill = () => void child.kill('SIGKILL')
  // One that has lost its balancer's voice is of no use.
  child.on('disconnect', kill)
  const answers = new Map<number, () => void>()
  const listens = new Promise<void>(resolve => {
    child.on('message', ({answered}: FromStandby) => (answered === LISTENS ? resolve() : answers.get(answered)?.()))
  })
  let isOver = false
  void ended.then(() => {
    isOver = true
    for (const answer of answers.values()) answer()
  })
  const tell: StandbyProcess['tell'] = (message, handle) =>
    void listens.then(() => child.connected && child.send(message, handle, () => undefined))
  let number = LISTENS
  return {
    pid: child.pid,
    tell,
    async settled() {
      if (isOver) return
      const mine = ++number
      // Not raced against `ended`, which would remember every one of them for as long as the standby lives.
      const answered = new Promise<void>(resolve => answers.set(mine, resolve))
      tell({do: 'answer', number: mine})
      const limit = setTimeout(kill, SETTLE_MS)
      await answered
      clearTimeout(limit)
      answers.delete(mine)
    },
    kill,
    ended,
  }
}
