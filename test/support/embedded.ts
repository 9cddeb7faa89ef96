import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Embedded, embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../src/adapters/balancer/embedded/open.ts'
import {DEFAULT_SETTINGS, type Settings} from '../../src/adapters/balancer/embedded/settings.ts'

/** A folder for a balancer process, drivers for it, and its end. */
export interface EmbeddedRig {
  readonly folder: string
  open(settings?: Partial<Settings>, folder?: string): Embedded
  end(): Promise<void>
}

export function embeddedRig(): EmbeddedRig {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-balancer-'))
  const open = (settings: Partial<Settings> = {}, elsewhere = folder) =>
    embedded({folder: elsewhere, program: balancerProgram(), settings: {...DEFAULT_SETTINGS, ...settings}})
  return {
    folder,
    open,
    end: async () => {
      await open().shutdown(0)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}
