import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Status} from '../../src/core/rollout/status.ts'
import {type Load, startLoad} from '../../src/demo/load.ts'
import {freePort} from './ports.ts'
import {openRig, type Ran, type Rig} from './rig.ts'

/** Where the command is killed: at which of its commits, and on which side of it. */
export interface Death {
  readonly at: number
  readonly when: 'before' | 'after'
}

/** A new API version in four steps, by the real command, on real processes, under load. */
export interface Migration {
  readonly rig: Rig
  readonly load: Load
  /** Runs the command, killed where it is said; answers how often it committed where it was not. */
  sluice(death: Death | undefined, ...args: readonly string[]): Promise<Ran & {readonly commits: number}>
  /** What is wrong now that the system should be at `there`; empty where nothing is. */
  wrong(there: There): Promise<readonly string[]>
  end(): Promise<void>
}

export type There = keyof typeof ENDS

/** Both ends of the way. Each way takes four steps. */
const ENDS = {
  old: {accounts: '1.0.0', web: '1.0.0'},
  new: {accounts: '3.0.0', web: '2.0.0'},
} as const

/** The pool that carries it, and how many instances it has. */
const POOLS = {
  old: {accounts: '1.0.0 100 true,true', web: '1.0.0 100 true'},
  new: {accounts: '3.0.0 100 true,true', web: '2.0.0~v2 100 true'},
} as const

/** What `apply` is asked for to get there. */
export function towards(there: There): readonly string[] {
  const {accounts, web} = ENDS[there]
  return ['apply', '--yes', '--waive', 'all', '--to', `accounts=${accounts}`, '--to', `web=${web}`]
}

const PER_SECOND = 50
const DYING = pathToFileURL(resolve('test/support/dying.mjs')).href

/** What one system of several differs in. */
export interface MigrationMade {
  /** Where it is recorded, where that is not beside its file; there its name has to be its own. */
  readonly state?: string | undefined
  readonly name?: string
  readonly bake?: string
}

/** Runs and stands at `old`. */
export async function openMigration(made: MigrationMade = {}): Promise<Migration> {
  const rig = await openRig()
  await cp(resolve('test/fixtures/migration/server.mjs'), join(rig.folder, 'server.mjs'))
  const [accounts, web] = [await freePort(), await freePort()]
  await rig.write('sluice.yaml', yamlOf(accounts, web, made))
  const begun = await rig.sluice(...towards('old'))
  if (begun.code !== 0) throw new Error(begun.stderr)
  const load = startLoad(`127.0.0.1:${web}`, PER_SECOND)
  return {
    rig,
    load,
    sluice: async (death, ...args) => {
      const query = death ? `?at=${death.at}&when=${death.when}` : ''
      const ran = await rig.run(process.execPath, '--import', `${DYING}${query}`, resolve('bin/run.js'), ...args)
      return {...ran, commits: Number(/commits: (\d+)/.exec(ran.stderr)?.[1])}
    },
    wrong: there => wrongAt(rig, there),
    end: async () => {
      await load.stop()
      await rig.sweep()
      await rig.end()
    },
  }
}

async function wrongAt(rig: Rig, there: There): Promise<readonly string[]> {
  const ran = await rig.sluice('status', '--sample', '0s', '--json')
  if (ran.code !== 0) return [`status ended with ${ran.code}: ${ran.stderr}`]
  const {services} = JSON.parse(ran.stdout) as Status
  return services.flatMap(({service, state, pools}) => {
    const name = service as 'accounts' | 'web'
    const seen = pools.map(({name, release, share, instances}) =>
      [name, release, share.asked, instances.map(({healthy}) => healthy)].join(' '),
    )
    const wanted = `current ${POOLS[there][name]}`
    const isRight = state?.release === ENDS[there][name] && seen.join() === wanted
    return isRight ? [] : [`${service} should be ${wanted}, and is ${state?.release}: ${seen.join()}`]
  })
}

function yamlOf(accounts: number, web: number, {state, name = 'migration', bake = '0s'}: MigrationMade): string {
  const run = 'command: node server.mjs, health: { path: /healthz, timeout: 10s }, stop: { drain: 2s }'
  const rollout = `rollout: { steps: [50, 100], bake: ${bake}, checks: [{ http: /healthz }] }`
  return `sluice: 1
system: ${name}
${state === undefined ? '' : `state: ${JSON.stringify(state)}\n`}contracts:
  accounts-api: { compatibility: strict }
services:
  accounts:
    role: critical
    run: { ${run}, replicas: 2 }
    route: { backend: accounts, listen: "127.0.0.1:${accounts}" }
    ${rollout}
    releases:
      1.0.0: { provides: { accounts-api: 1.0.0 }, run: { env: { SERVES: "1" } } }
      2.0.0: { provides: { accounts-api: [1.1.0, 2.0.0] }, run: { env: { SERVES: "1,2" } } }
      3.0.0: { provides: { accounts-api: 2.0.0 }, run: { env: { SERVES: "2" } } }
  web:
    role: client
    run: { ${run}, env: { ACCOUNTS: "http://127.0.0.1:${accounts}" } }
    route: { backend: web, listen: "127.0.0.1:${web}" }
    ${rollout}
    releases:
      1.0.0: { consumes: { accounts-api: 1.0.0 }, run: { env: { CALLS: "1" } } }
      2.0.0:
        run: { env: { CALLS: '{"v1":1,"v2":2}' } }
        modes:
          v1: { consumes: { accounts-api: "1.0.0 || 1.1.0" } }
          v2: { consumes: { accounts-api: 2.0.0 } }
environments:
  here:
    current: { accounts: 1.0.0, web: 1.0.0 }
`
}
