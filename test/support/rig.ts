import {type ChildProcess, spawn} from 'node:child_process'
import {mkdir, mkdtemp, realpath, rm, writeFile} from 'node:fs/promises'
import {readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'
import {isAlive, type ProcessId, signal} from '../../src/adapters/processes/identity.ts'
import {processTable} from '../../src/adapters/processes/machine.ts'
import {eventually} from './eventually.ts'

/** A temporary folder, an environment without surprises, and processes that do not outlive the test. */
export interface Rig {
  readonly folder: string
  /** Scrubbed: no colours, no CI, none of the operator's settings. Whatever gets it can be found again by it. */
  readonly env: Readonly<Record<string, string>>
  /** Writes a file below the folder and answers its path. */
  write(path: string, text: string): Promise<string>
  /** Starts a program that lives until the test ends, or until it ends by itself. */
  hold(program: string, ...args: readonly string[]): ChildProcess
  /** Runs a program until it ends, with nothing to read. */
  run(program: string, ...args: readonly string[]): Promise<Ran>
  /** Runs the built `sluice` in the folder as a user does. */
  sluice(...args: readonly string[]): Promise<Ran>
  /** Whatever was started here and still lives, held or not. */
  left(): readonly string[]
  /** Ends whatever was started here and still lives, held or not, and answers what that was. */
  sweep(): Promise<readonly string[]>
  /** Ends what is held; fails when anything else still lives, after ending that too. */
  end(): Promise<void>
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A rig that ends with the test it is made in. */
export async function rigged(): Promise<Rig> {
  const rig = await openRig()
  onTestFinished(() => rig.end())
  return rig
}

/** A rig that somebody ends. */
export async function openRig(): Promise<Rig> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-test-')))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
  }
  await mkdir(env.TMPDIR)
  const held: ChildProcess[] = []

  function hold(program: string, ...args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe']})
    held.push(child)
    return child
  }

  const run: Rig['run'] = (program, ...args) => ranOf(hold(program, ...args))

  async function sweep(): Promise<readonly string[]> {
    const swept = new Map<number, ProcessId & {readonly command: string}>()
    let empty = 0
    await eventually(() => {
      // Also what one of them has started meanwhile, and until the last thread of each is gone, which could still write.
      const left = leftIn(env)
      for (const process of left) {
        swept.set(process.pid, process)
        signal(process, 'SIGKILL')
      }
      const isEmpty = left.length === 0 && ![...swept.values()].some(isAlive)
      empty = isEmpty ? empty + 1 : 0
      // A process that is just being started has no environment to know it by: who killed something looks once more.
      return empty > Math.min(1, swept.size)
    })
    return [...swept.values()].map(({command}) => command)
  }

  return {
    folder,
    env,
    async write(path, text) {
      const whole = join(folder, path)
      await mkdir(dirname(whole), {recursive: true})
      await writeFile(whole, text)
      return whole
    },
    hold,
    run,
    sluice: (...args) => run(process.execPath, join(process.cwd(), 'bin/run.js'), ...args),
    left: () => leftIn(env).map(({command}) => command),
    sweep,
    async end() {
      for (const child of held) child.kill('SIGKILL')
      await Promise.all(held.map(ended))
      await gone(env)
      const left = await sweep()
      await rm(folder, {recursive: true, force: true})
      if (left.length > 0) throw new Error(`the test left processes behind: ${left.join('; ')}`)
    },
  }
}

/**
 * What was told to end, or has nothing more to do, is not gone at once, and not left behind either: whatever lives gets
 * so many looks' time, which do not pass while the machine stands still. What stays for good is still there after them.
 */
async function gone(env: RigEnvironment): Promise<void> {
  for (let look = 0; look < GOING_LOOKS && leftIn(env).length > 0; look++)
    await new Promise(resolve => setTimeout(resolve, 25))
}

const GOING_LOOKS = 80

type RigEnvironment = Readonly<Record<'TMPDIR' | 'HOME', string>>

/** Everything that was given the rig's environment, or one made from it: balancers keep no more than the home. */
function leftIn({TMPDIR, HOME}: RigEnvironment): readonly (ProcessId & {readonly command: string})[] {
  const boot = processTable.boot()
  const found = [...processTable.marked('TMPDIR', TMPDIR), ...processTable.marked('HOME', HOME)]
  const each = new Map(found.map(({pid, started}) => [pid, {pid, started, boot, command: commandOf(pid)}]))
  return [...each.values()].filter(isAlive)
}

/** It may go while we look. */
function commandOf(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`
  } catch {
    return String(pid)
  }
}

async function ranOf(child: ChildProcess): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  child.stdin?.end()
  child.stdout?.on('data', chunk => (stdout += chunk))
  child.stderr?.on('data', chunk => (stderr += chunk))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return {code, stdout, stderr}
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid)
    await new Promise(resolve => child.once('exit', resolve))
}
