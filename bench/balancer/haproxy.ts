import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {freePort} from './port.ts'

/** HAProxy with one thread in front of the same servers, 9 to 1; undefined where it is not installed. */
export async function startHaproxy(
  servers: readonly [string, string],
): Promise<{pid: number; address: string; end(): void} | undefined> {
  if (spawnSync('haproxy', ['-v'], {stdio: 'ignore'}).error) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-haproxy-'))
  const address = `127.0.0.1:${await freePort()}`
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, config(address, servers))
  const child = spawn('haproxy', ['-db', '-f', file], {stdio: 'ignore'})
  while (!(await answers(address))) await new Promise(resolve => setTimeout(resolve, 20))
  const end = () => {
    child.kill()
    rmSync(folder, {recursive: true, force: true})
  }
  return {pid: child.pid ?? 0, address, end}
}

/** As much as the embedded balancer does: keep-alive on both sides, `X-Forwarded-For`, shares by weight. */
function config(address: string, [one, two]: readonly [string, string]): string {
  return `
global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend in
  bind ${address}
  default_backend out
backend out
  balance roundrobin
  server one ${one} weight 90
  server two ${two} weight 10
`
}

function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  return new Promise(resolve => {
    const socket = connect({host: host ?? '', port: Number(port)})
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
