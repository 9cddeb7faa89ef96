import type {Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import {type Assembled, systemOf} from '../core/graph/system-of.ts'
import {environmentOf, type LoadedConfig, loadConfig, type Where} from './config.ts'
import {findReleases} from './releases.ts'

/** A system with all its releases. */
export interface LoadedSystem extends LoadedConfig {
  readonly assembled: Assembled
  /** What deserves a look and stops nothing. */
  readonly warnings: readonly Problem[]
}

/** Reads `sluice.yaml` and what every repository it names says of its releases; overrides of environments left aside. */
export async function loadSystem(where: Where): Promise<Result<LoadedSystem>> {
  const loaded = await loadConfig(where)
  return loaded.ok ? assemble(loaded.value) : loaded
}

/** The same, as it is in the environment that is named, or in the only one there is. */
export async function loadSystemIn(where: Where, env: string | undefined): Promise<Result<LoadedSystem>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const {config, source} = loaded.value
  const environment = environmentOf(config, env)
  if (!environment.ok) return environment
  const {name, services} = environment.value
  return assemble({config: {...config, services}, source}, name)
}

async function assemble(file: LoadedConfig, environment?: string): Promise<Result<LoadedSystem>> {
  const {config, source} = file
  const found = await findReleases(file, environment)
  if (!found.ok) return fail(found.failure)
  const assembled = systemOf(config, found.value.found, source, environment)
  if (!assembled.ok) return assembled
  const warnings = [...found.value.warnings, ...assembled.value.warnings]
  return ok({config, source, assembled: assembled.value, warnings})
}
