import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {eventually} from './eventually.ts'

/** A manager of systemd and its journal, in a mount namespace of the test's own: nothing of the machine's is touched. */
export interface Systemd {
  /** What a program needs in front of it to see them. */
  readonly within: readonly string[]
  readonly env: Readonly<Record<string, string>>
  systemctl(...args: readonly string[]): string
  end(): Promise<void>
}

const PROGRAMS = ['/lib/systemd/systemd', '/lib/systemd/systemd-journald', '/usr/bin/systemd-run']

export function hasSystemd(): boolean {
  return process.getuid?.() === 0 && PROGRAMS.every(path => existsSync(path))
}

const RUNTIME_FOLDER = '/run/user/0'

/** A user's manager only asks whether its machine has been started by systemd. */
const SCRIPT = `
mount -t tmpfs sluice /run
mkdir -p /run/systemd/system /run/systemd/journal ${RUNTIME_FOLDER}
chmod 700 ${RUNTIME_FOLDER}
/lib/systemd/systemd-journald & journal=$!
/lib/systemd/systemd --user --unit=basic.target & manager=$!
trap 'kill $manager; wait $manager; kill $journal; wait $journal' TERM
wait $manager
`

export async function openSystemd(): Promise<Systemd> {
  const env = {XDG_RUNTIME_DIR: RUNTIME_FOLDER}
  const child = spawn('unshare', ['--mount', 'sh', '-c', SCRIPT], {stdio: 'ignore', env: {...process.env, ...env}})
  const within = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`]
  const [program = '', ...before] = within
  const systemctl = (...args: readonly string[]) =>
    execFileSync(program, [...before, 'systemctl', '--user', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {...process.env, ...env},
    })
  await eventually(() => {
    try {
      return systemctl('is-system-running').trim() === 'running'
    } catch {
      return false
    }
  })
  return {within, env, systemctl, end: () => ended(child)}
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
