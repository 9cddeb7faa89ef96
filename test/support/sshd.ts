import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {freePort} from './ports.ts'
import {eventually} from './eventually.ts'

const SSHD = '/usr/sbin/sshd'

export const hasSshd = (): boolean => existsSync(SSHD)

/** A machine that is reached by ssh. */
export interface SshHost {
  /** `ssh://root@127.0.0.1:port`. */
  readonly address: string
  /** An environment in which `ssh` has the key and knows the host; without `known`, it knows no host. */
  env(known?: boolean): NodeJS.ProcessEnv
  end(): Promise<void>
}

/** An sshd of the test's own, on which every command is this one. */
export async function sshHost(folder: string, command: string): Promise<SshHost> {
  const at = (name: string) => join(folder, name)
  mkdirSync('/run/sshd', {recursive: true})
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
  const port = await freePort()
  writeFileSync(at('authorized'), `command="${command}" ${readFileSync(at('user.pub'), 'utf8')}`, {mode: 0o600})
  writeFileSync(
    at('sshd_config'),
    `ListenAddress 127.0.0.1:${port}\nHostKey ${at('host')}\nAuthorizedKeysFile ${at('authorized')}\nPermitRootLogin yes\nStrictModes no\nUsePAM no\nPidFile none\n`,
  )
  const [kind, key] = readFileSync(at('host.pub'), 'utf8').split(' ')
  writeFileSync(at('known'), `[127.0.0.1]:${port} ${kind} ${key}\n`)
  writeFileSync(at('unknown'), '')
  const daemon = spawn(SSHD, ['-D', '-e', '-f', at('sshd_config')], {stdio: 'ignore'})
  await eventually(() => listens(port))
  return {
    address: `ssh://root@127.0.0.1:${port}`,
    env: (known = true) => ({...process.env, PATH: `${wrapped(folder, known)}:${process.env['PATH']}`}),
    end: async () => {
      const gone = once(daemon, 'exit')
      daemon.kill()
      await gone
    },
  }
}

/** A folder with an `ssh` that has a configuration of its own: the real one looks for its user's at home. */
function wrapped(folder: string, known: boolean): string {
  const bin = join(folder, known ? 'bin' : 'bin-unknown')
  mkdirSync(bin, {recursive: true})
  const file = join(folder, known ? 'known' : 'unknown')
  const options = `-F none -i ${join(folder, 'user')} -o UserKnownHostsFile=${file} -o GlobalKnownHostsFile=/dev/null`
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${options} "$@"\n`)
  chmodSync(join(bin, 'ssh'), 0o755)
  return bin
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
