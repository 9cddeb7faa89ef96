import {spawnSync} from 'node:child_process'
import type {MarkedProcess, ProcessTable} from './table.ts'

/** Systems without `/proc` (macOS): `ps`. A start time is told to the second, which no number is reused within. */
export const psTable: ProcessTable = {boot, started, marked}

/** Where it is not known nothing is lost: `ps` tells the start as a date, which another run of the machine does not repeat. */
function boot(): string {
  known ??= process.platform === 'darwin' ? answer('sysctl', ['-n', 'kern.bootsessionuuid']).trim() : ''
  return known
}

/** It cannot change while this program runs. */
let known: string | undefined

function started(pid: number): string | undefined {
  const [state, ...start] = answer('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
    .trim()
    .split(/\s+/)
  return !state || isCorpse(state) ? undefined : new Date(`${start.join(' ')} UTC`).toISOString()
}

/** Where `ps` on Linux says `l`, other threads than the first live on, and hold files and addresses. */
function isCorpse(state: string): boolean {
  return state.startsWith('Z') && !state.includes('l')
}

function marked(variable: string, prefix: string): readonly MarkedProcess[] {
  return answer('ps', WITH_ENVIRONMENT)
    .split('\n')
    .flatMap(line => markedProcess(line, variable, prefix) ?? [])
}

/** `ps` prints arguments and environment in one line; the environment comes last. */
const WITH_ENVIRONMENT =
  process.platform === 'darwin' ? ['-axEww', '-o', 'pid=,pgid=,command='] : ['axeww', '-o', 'pid=,pgid=,command=']

function markedProcess(line: string, variable: string, prefix: string): MarkedProcess | undefined {
  const [pid, group] = line.trim().split(/\s+/, 2).map(Number)
  const mark = wordAfter(line, `${variable}=${prefix}`)
  if (mark === undefined || pid === undefined || pid === process.pid) return undefined
  const start = started(pid)
  return start === undefined
    ? undefined
    : {pid, started: start, leads: group === pid, mark, env: name => wordAfter(line, `${name}=`)}
}

function wordAfter(line: string, text: string): string | undefined {
  const at = line.lastIndexOf(` ${text}`)
  return at < 0 ? undefined : /^\S*/.exec(line.slice(at + 1 + text.length))?.[0]
}

function answer(program: string, args: readonly string[]): string {
  const {stdout} = spawnSync(program, args, {
    encoding: 'utf8',
    env: {PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC'},
    maxBuffer: 64 * 2 ** 20,
  })
  return stdout ?? ''
}
