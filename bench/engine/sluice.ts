import {spawn} from 'node:child_process'
import {join, resolve} from 'node:path'
import {shutdownBalancer} from '../../src/adapters/balancer/embedded/driver.ts'

interface Killed {
  /** Killed as soon as it says so. */
  readonly killedAt: string
}

/** Runs the built command to its end; one that was to fail may. */
export async function sluice(folder: string, ...call: readonly (string | Killed)[]): Promise<string> {
  const args = call.filter(one => typeof one === 'string')
  const killed = call.find((one): one is Killed => typeof one !== 'string')
  const env = {...process.env, NO_COLOR: '1'}
  const child = spawn(process.execPath, [resolve('bin/run.js'), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (killed && said.includes(killed.killedAt)) child.kill('SIGKILL')
  })
  const code = await new Promise<number | null>(done => void child.once('close', done))
  if (code !== 0 && code !== 1 && !killed) throw new Error(`sluice ${args.join(' ')} ended with ${code}: ${said}`)
  return said
}

/** Ends what the bench has started. */
export async function endSystem(folder: string): Promise<void> {
  await sluice(folder, 'apply', '--yes', '--to', 'shop=none').catch(() => {})
  await shutdownBalancer(join(folder, '.sluice', 'here', 'balancer'), 500)
}
