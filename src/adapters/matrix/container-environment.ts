import {join} from 'node:path'
import type {Line} from './ecosystem.ts'
import {CAUTIOUS, type Environment} from './environment.ts'

/** What does not depend on this machine's folders, nor tells who anybody is. */
const CLEAN = /^(?:LANG|LC_\w+|TZ|(?:https?|no|all)_proxy)$/i

/** Where registries are; an address with a password in it stays here. */
const ADDRESSES =
  /^(?:npm_config_registry|YARN_REGISTRY|YARN_NPM_REGISTRY_SERVER|YARN_UNSAFE_HTTP_WHITELIST|PIP_INDEX_URL|UV_INDEX_URL|UV_DEFAULT_INDEX|GOPROXY|GOSUMDB|GOPRIVATE)$/i
const HAS_PASSWORD = /:\/\/[^/@]*@/

/** The folders of a cell, and the variables that the user hands on by name. */
export interface ContainerPlace {
  readonly folder: string
  /** Where package managers keep what they fetched, for all cells. */
  readonly downloads: string
  readonly passed: readonly string[]
}

/**
 * What a command line in a container sees. No secret of the user's goes in unless it was named, and then only to lines
 * that talk to a registry and run no code of a library.
 */
export function containerEnvironment(all: NodeJS.ProcessEnv, place: ContainerPlace, {does, env}: Line): Environment {
  const own = {HOME: join(place.folder, 'home'), TMPDIR: join(place.folder, 'tmp')}
  const entries = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const picked = (fits: (name: string, value: string) => boolean) =>
    Object.fromEntries(entries.filter(([name, value]) => fits(name, value)))
  const clean = picked(name => CLEAN.test(name))
  if (does === 'build') return {...clean, ...own, ...CAUTIOUS, ...env}
  return {
    ...clean,
    ...picked((name, value) => ADDRESSES.test(name) && !HAS_PASSWORD.test(value)),
    ...picked(name => place.passed.includes(name)),
    ...own,
    ...CAUTIOUS,
    ...cachesIn(place.downloads),
    ...env,
  }
}

function cachesIn(downloads: string): Environment {
  return {
    npm_config_cache: join(downloads, 'npm'),
    npm_config_store_dir: join(downloads, 'pnpm'),
    YARN_CACHE_FOLDER: join(downloads, 'yarn'),
    PIP_CACHE_DIR: join(downloads, 'pip'),
    UV_CACHE_DIR: join(downloads, 'uv'),
  }
}
