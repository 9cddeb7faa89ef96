import {spawn} from 'node:child_process'
import {readFile, writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {parseDocument} from 'yaml'
import {type Load, startLoad} from '../../src/demo/load.ts'
import {makeWorld} from '../../src/demo/world.ts'
import {openRig, type Rig} from '../../test/support/rig.ts'
import {type Instance, instancesIn, killBalancerOf, killEverythingOf} from './processes.ts'

/** Where the system is to be: the releases it began with, or those that its file names. */
export type There = 'old' | 'new'

/** States by service, as pools are named. */
export const ENDS: Readonly<Record<There, Readonly<Record<string, string>>>> = {
  old: {accounts: '1.0.0', orders: '1.0.0', catalog: '1.0.0', web: '1.0.0'},
  new: {accounts: '3.0.0', orders: '2.0.0~v2', catalog: '2.0.0~v2', web: '1.1.0'},
}

/** How one run of the command ended. */
export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null
  readonly said: string
}

/** The system of the demo, at the releases it begins with, under load. */
export interface System {
  readonly rig: Rig
  readonly load: Load
  /** `host:port` by service, where its clients ask. */
  readonly listens: Readonly<Record<string, string>>
  /** Runs the command as a leader of a group of its own, which is killed as a whole where `afterMs` have gone by. */
  sluice(args: readonly string[], afterMs?: number): Promise<Ended>
  instances(): readonly Instance[]
  /** Kills the balancer, and not its standby; answers when, or undefined where there was none. */
  killBalancer(): Promise<number | undefined>
  /** Kills whatever runs, as when the machine is restarted; answers when. */
  killEverything(): Promise<number>
  /** When a client is answered again. */
  served(): Promise<number>
  /** Each hook that was begun or ended, in order. */
  hooks(): Promise<readonly HookLine[]>
  end(): Promise<void>
}

export interface HookLine {
  readonly what: 'begun' | 'ended'
  /** The rollout, the step and the hook. */
  readonly name: string
}

const PER_SECOND = 60
/** A hook that says when it begins and when it ends, and takes a while, so that it can be hit. */
const HOOK = `import {appendFileSync} from 'node:fs'
const {SLUICE_ROLLOUT, SLUICE_STEP, SLUICE_HOOK} = process.env
const say = what => appendFileSync(process.argv[2], \`\${what} \${SLUICE_ROLLOUT} \${SLUICE_STEP}/\${SLUICE_HOOK}\\n\`)
say('begun')
setTimeout(() => say('ended'), 100)
`

export async function openSystem(): Promise<System> {
  const rig = await openRig()
  const made = await makeWorld(rig.folder, {balancer: 'embedded', runtime: 'process'})
  if (!made.ok) throw new Error(made.failure.message)
  const log = await rig.write('hooks.log', '')
  const listens = await withHooks(made.value.config, await rig.write('hook.mjs', HOOK), log)
  const first = await rig.sluice(...towards('old'))
  if (first.code !== 0) throw new Error(first.stderr)
  const load = startLoad(made.value.front, PER_SECOND)
  return {
    rig,
    load,
    listens,
    sluice: (args, afterMs) => killedAfter(rig, args, afterMs),
    instances: () => instancesIn(rig),
    killBalancer: () => killBalancerOf(rig),
    killEverything: () => killEverythingOf(rig),
    served: () => servedAt(made.value.front),
    hooks: async () => linesOf(await readFile(log, 'utf8')),
    end: async () => {
      await load.stop()
      await rig.sweep()
      await rig.end()
    },
  }
}

/** What `apply` is told to get there. */
export function towards(there: There): readonly string[] {
  const to = Object.entries(ENDS[there]).flatMap(([service, pool]) => ['--to', `${service}=${pool.split('~')[0]}`])
  return ['apply', '--yes', '--wait', '--waive', 'all', ...to]
}

/** Gives each service that moves two hooks, and answers where the services listen. */
async function withHooks(file: string, program: string, log: string): Promise<Readonly<Record<string, string>>> {
  const document = parseDocument(await readFile(file, 'utf8'))
  const command = ['node', program, log]
  const listens: Record<string, string> = {}
  for (const service of Object.keys(ENDS.old)) {
    document.setIn(['services', service, 'hooks'], {before: {command}, after: {command}})
    listens[service] = String(document.getIn(['services', service, 'route', 'listen']))
  }
  await writeFile(file, String(document))
  return listens
}

function killedAfter(rig: Rig, args: readonly string[], afterMs: number | undefined): Promise<Ended> {
  const command = [resolve('bin/run.js'), ...args]
  const child = spawn(process.execPath, command, {cwd: rig.folder, env: rig.env, detached: true})
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
  const timer =
    afterMs === undefined ? undefined : setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), afterMs)
  return new Promise(done => {
    child.once('close', code => {
      clearTimeout(timer)
      done({code, said})
    })
  })
}

/** By now it should be, whatever came between. */
const PATIENCE_MS = 300_000

async function servedAt(front: string): Promise<number> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const status = await fetch(`http://${front}/?id=1`).then(
      answer => answer.status,
      () => 0,
    )
    if (status === 200) return Date.now()
    await new Promise(done => setTimeout(done, 50))
  }
  throw new Error('nobody is served any more')
}

function linesOf(text: string): readonly HookLine[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [what, ...name] = line.split(' ')
      return {what: what === 'begun' ? 'begun' : 'ended', name: name.join(' ')}
    })
}
