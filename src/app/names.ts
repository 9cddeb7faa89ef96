import {loadConfig, type Where} from './config.ts'

/** What the file names, for whoever types. */
export interface KnownNames {
  readonly environments: readonly string[]
  readonly services: readonly string[]
}

/** The names in the nearest file; none where there is no file, or none that can be read. */
export async function namesIn(where: Where): Promise<KnownNames> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return {environments: [], services: []}
  const {environments, services} = loaded.value.config
  return {environments: [...environments.keys()], services: [...services.keys()]}
}
