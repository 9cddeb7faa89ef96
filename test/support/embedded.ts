import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {type Embedded, embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {DEFAULT_SETTINGS, type Settings} from '../../src/adapters/balancer/embedded/settings.ts'

/** A folder for a balancer process, drivers for it, and its end. */
export interface EmbeddedRig {
  readonly folder: string
  open(settings?: Partial<Settings>, folder?: string): Embedded
  end(): Promise<void>
}

/** The process as it is built. */
export const BALANCER_PROGRAM: readonly string[] = [process.execPath, resolve('dist/balancer.js')]

export function embeddedRig(): EmbeddedRig {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-balancer-'))
  const open = (settings: Partial<Settings> = {}, elsewhere = folder) =>
    embedded({folder: elsewhere, program: BALANCER_PROGRAM, settings: {...DEFAULT_SETTINGS, ...settings}})
  return {
    folder,
    open,
    end: async () => {
      await open().shutdown(0)
      rmSync(folder, {recursive: true, force: true})
    },
  }
}
