import {processTable} from './machine.ts'

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number
  /** When it started, as the system tells it. */
  readonly started: string
  /** The run of the machine that it lives in. */
  readonly boot: string
}

/** The process with this number, as long as it lives. */
export function identify(pid: number): ProcessId | undefined {
  const started = processTable.started(pid)
  return started === undefined ? undefined : {pid, started, boot: processTable.boot()}
}

/** Whether that very process lives: not a corpse, and not another one that was given its number. */
export function isAlive(id: ProcessId): boolean {
  return processTable.boot() === id.boot && processTable.started(id.pid) === id.started
}

/** Signals that very process, or its group, and answers whether there was one. Looked at right before, every time. */
export function signal(id: ProcessId, name: NodeJS.Signals, to: 'process' | 'group' = 'process'): boolean {
  return isAlive(id) && send(to === 'group' ? -id.pid : id.pid, name)
}

function send(target: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(target, name)
  } catch {
    // It ended between the look and the signal, or it belongs to somebody else by now.
    return false
  }
}
