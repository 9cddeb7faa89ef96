import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Embedded, embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../src/adapters/balancer/embedded/open.ts'
import {identify} from '../../src/adapters/processes/identity.ts'
import {eventually} from './eventually.ts'
import {DEFAULT_SETTINGS, type Settings} from '../../src/adapters/balancer/embedded/settings.ts'

/** A folder for a balancer process, drivers for it, and its end. */
export interface EmbeddedRig {
  readonly folder: string
  /** Stands for the folder of `sluice.yaml`. */
  readonly root: string
  open(settings?: Partial<Settings>, folder?: string): Embedded
  /** The two processes, once the second would take over from the first with all that it has. */
  both(): Promise<{readonly pid: number; readonly standby: number}>
  /** Kills both in the same instant, as when the machine goes down, and answers who they were. */
  plug(): Promise<{readonly pid: number; readonly standby: number}>
  end(): Promise<void>
}

export function embeddedRig(): EmbeddedRig {
  const root = mkdtempSync(join(tmpdir(), 'sluice-balancer-'))
  const folder = join(root, 'balancer')
  const open = (settings: Partial<Settings> = {}, elsewhere = folder) =>
    embedded({folder: elsewhere, root, program: balancerProgram(), settings: {...DEFAULT_SETTINGS, ...settings}})
  const both = () =>
    eventually(async () => {
      const hello = await open().ensure()
      if (!hello.ok) throw new Error(hello.failure.message)
      const {pid, standby} = hello.value
      return standby !== undefined && {pid, standby}
    })
  return {
    root,
    folder,
    open,
    both,
    async plug() {
      const {pid, standby} = await both()
      // A stopped one cannot start another standby.
      for (const [victim, signal] of [
        [pid, 'SIGSTOP'],
        [standby, 'SIGKILL'],
        [pid, 'SIGKILL'],
      ] as const)
        process.kill(victim, signal)
      await eventually(() => identify(pid) === undefined && identify(standby) === undefined)
      return {pid, standby}
    },
    end: async () => {
      await open().shutdown(0)
      rmSync(root, {recursive: true, force: true})
    },
  }
}
