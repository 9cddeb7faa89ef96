import type {RunConfig} from './config.ts'

/** How one release is run: what it says itself over what its service says; environment variables one by one. */
export function mergedRun(ofService: RunConfig = {}, ofRelease: RunConfig = {}): RunConfig {
  const env = {...ofService.env, ...ofRelease.env}
  return {...ofService, ...ofRelease, ...(Object.keys(env).length > 0 ? {env} : {})}
}
