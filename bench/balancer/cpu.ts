import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {load} from './load.ts'

const CONNECTIONS = 32
const SECONDS = 2

/** Microseconds of processor time, in the program and in the system, that a process spends on one request. */
export async function cpuPerRequest(pid: number, address: string): Promise<number> {
  const before = cpuMs(pid)
  const requests = await load(address, CONNECTIONS, SECONDS)
  return ((cpuMs(pid) - before) * 1000) / requests
}

/** The fields after the name, which is in brackets and may hold spaces: state is the first, utime the 12th, stime the 13th. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], {encoding: 'utf8'}))
