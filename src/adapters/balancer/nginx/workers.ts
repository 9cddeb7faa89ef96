import {readdir, readFile} from 'node:fs/promises'
import {request} from 'node:http'

/** What the workers that take connections now have loaded, by the probe of an upstream file; undefined while nobody answers. */
export function loadedPrint(probe: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const asked = request({socketPath: probe, path: '/', agent: false, timeout: 1000}, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('end', () => resolve(text.trim()))
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(undefined))
    asked.end()
  })
}

/** A worker of nginx. One that is leaving takes no new connection, and ends with its last request. */
export interface Worker {
  readonly pid: string
  readonly isLeaving: boolean
}

/** The workers of a master, by their titles in the process list. Where there is no /proc, nothing is known of them. */
export async function workersOf(master: number): Promise<readonly Worker[]> {
  const children = await childrenOf(master)
  const titles = await Promise.all(children.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return children
    .map((pid, index) => ({pid, title: titles[index] ?? ''}))
    .filter(({title}) => title.includes('worker process'))
    .map(({pid, title}) => ({pid, isLeaving: title.includes('shutting down')}))
}

async function childrenOf(master: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const parents = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => {
    const stat = parents[index] ?? ''
    return stat.slice(stat.lastIndexOf(')')).split(' ')[2] === String(master)
  })
}
