import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {extname} from 'node:path'
import type {MarkedProcess, ProcessTable} from './table.ts'

/** Linux: `/proc`. */
export const procTable: ProcessTable = {boot, started, marked}

/** The namespace too: in a container the machine is the same, the numbers are not. */
function boot(): string {
  known ??= `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  return known
}

/** It cannot change while this program runs. */
let known: string | undefined

function started(pid: number): string | undefined {
  return statOf(pid)?.started
}

/**
 * Undefined where there is no such process, or only its corpse. One whose first thread is dead, but not its last, is no
 * corpse yet: it still holds its files and the addresses it listens on.
 */
function statOf(pid: number): {readonly started: string; readonly leads: boolean} | undefined {
  const stat = glance(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat === undefined) return undefined
  // The second field is the program's name in brackets and may hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, , group] = fields
  const ticks = fields[START_TIME]
  const isDead = (state === 'Z' || state === 'X') && Number(fields[THREADS]) <= 1
  if (isDead || ticks === undefined) return undefined
  return {started: ticks.padStart(16, '0'), leads: group === String(pid)}
}

/** Counted from the field after the name. */
const THREADS = 17
const START_TIME = 19

function marked(variable: string, prefix: string): readonly MarkedProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(name => markedProcess(Number(name), variable, prefix) ?? [])
}

function markedProcess(pid: number, variable: string, prefix: string): MarkedProcess | undefined {
  const environment = glance(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
  if (environment === undefined) return undefined
  const env = (name: string) => valueIn(environment, name)
  const value = [env(variable), outputOf(pid)].find(text => text?.startsWith(prefix))
  const stat = value === undefined ? undefined : statOf(pid)
  return value === undefined || stat === undefined ? undefined : {pid, ...stat, mark: value.slice(prefix.length), env}
}

function valueIn(environment: string, name: string): string | undefined {
  const found = environment.split('\0').find(entry => entry.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/** Where the process writes, without the file's extension. */
function outputOf(pid: number): string | undefined {
  const path = glance(() => readlinkSync(`/proc/${pid}/fd/1`))?.replace(/ \(deleted\)$/, '')
  return path?.slice(0, path.length - extname(path).length)
}

/** A process may end, or be somebody else's, between two looks: then there is nothing to see. */
function glance<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
