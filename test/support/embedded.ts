import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Embedded, embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../src/adapters/balancer/embedded/open.ts'
import {DEFAULT_SETTINGS, type Settings} from '../../src/adapters/balancer/embedded/settings.ts'

/** A folder for a balancer process, drivers for it, and its end. */
export interface EmbeddedRig {
  readonly folder: string
  /** Stands for the folder of `sluice.yaml`. */
  readonly root: string
  open(settings?: Partial<Settings>, folder?: string): Embedded
  end(): Promise<void>
}

export function embeddedRig(): EmbeddedRig {
  const root = mkdtempSync(join(tmpdir(), 'sluice-balancer-'))
  const folder = join(root, 'balancer')
  const open = (settings: Partial<Settings> = {}, elsewhere = folder) =>
    embedded({folder: elsewhere, root, program: balancerProgram(), settings: {...DEFAULT_SETTINGS, ...settings}})
  return {
    root,
    folder,
    open,
    end: async () => {
      await open().shutdown(0)
      rmSync(root, {recursive: true, force: true})
    },
  }
}
