import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {nginx} from '../../src/adapters/balancer/nginx/driver.ts'
import {clock} from '../../src/adapters/clock.ts'
import type {Balancer} from '../../src/ports/balancer.ts'
import {freePort} from './ports.ts'
import {eventually} from './eventually.ts'

/** An nginx of the test's own. */
export interface NginxRig {
  readonly folder: string
  /** `host:port` where it listens. */
  readonly address: string
  /** The file that the driver writes for the back end `shop`. */
  readonly file: string
  open(): Balancer
  end(): Promise<void>
}

export function isNginxHere(): boolean {
  try {
    execFileSync('nginx', ['-v'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

/** @param splitBy what a client is known by, where each is to stay with one pool */
export async function nginxRig(splitBy?: string): Promise<NginxRig> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'))
  const address = `127.0.0.1:${await freePort()}`
  const own = join(folder, 'sluice')
  mkdirSync(own)
  const file = join(own, 'sluice-shop.conf')
  const nobody = '{ server 127.0.0.1:1 down; }'
  const split = 'split_clients "" $sluice_shop { * shop-1; }'
  writeFileSync(file, splitBy === undefined ? `upstream shop ${nobody}\n` : `${split} upstream shop-1 ${nobody}\n`)
  const group = splitBy === undefined ? 'shop' : '$sluice_shop'
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, address, group))
  const words = ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
  const master = spawn('nginx', [...words.slice(1), '-g', 'daemon off;'], {stdio: 'ignore'})
  const pidFile = join(folder, 'nginx.pid')
  await eventually(() => readOrNothing(pidFile).trim() !== '')
  return {
    folder,
    address,
    file,
    open: () =>
      nginx({
        folder: own,
        sockets: folder,
        test: [...words, '-t'],
        reload: [...words, '-s', 'reload'],
        pidFile,
        clock,
        ...(splitBy !== undefined && {splitBy}),
      }),
    end: async () => {
      const gone = new Promise(resolve => master.once('exit', resolve))
      master.kill('SIGTERM')
      await gone
      rmSync(folder, {recursive: true, force: true})
    },
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function configuration(folder: string, address: string, group: string): string {
  return `worker_processes 2;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_shutdown_timeout 10s;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/sluice/*.conf;
  server {
    listen ${address};
    location / {
      proxy_pass http://${group};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`
}
