import {BALANCER_DRIVERS} from '../adapters/balancer/registry.ts'
import {amissWith} from '../adapters/driver-options.ts'
import {findConfig} from '../adapters/config/find.ts'
import {readConfig} from '../adapters/config/read.ts'
import {RUNTIME_DRIVERS} from '../adapters/runtime/registry.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import {parseConfig} from '../core/config/parse.ts'
import {didYouMean} from '../core/config/shape/nearest.ts'
import type {Source} from '../core/config/source.ts'

/** Where a command stands, and which file it was told to use. */
export interface Where {
  readonly cwd: string
  /** `--config`. */
  readonly config?: string | undefined
}

/** `sluice.yaml` as it is, and what it means. */
export interface LoadedConfig {
  readonly config: Config
  readonly source: Source
}

/** Finds and parses `sluice.yaml`. */
export async function loadConfig(where: Where): Promise<Result<LoadedConfig>> {
  const file = await findConfig(where.cwd, where.config)
  if (!file.ok) return file
  const source = await readConfig(file.value)
  if (!source.ok) return source
  const config = parseConfig(source.value, {runtimes: RUNTIME_DRIVERS, balancers: BALANCER_DRIVERS, amiss: amissWith})
  return config.ok ? ok({config: config.value, source: source.value}) : config
}

/** The environment that is named, or the only one there is. */
export function environmentOf({environments}: Config, name: string | undefined): Result<EnvironmentConfig> {
  const names = [...environments.keys()]
  const [only] = environments.values()
  if (name === undefined && only && names.length === 1) return ok(only)
  const named = name === undefined ? undefined : environments.get(name)
  if (named) return ok(named)
  if (names.length === 0) {
    return fail(
      failure('config-invalid', {
        message: 'the file has no environments',
        hint: 'say under `environments` what runs where',
      }),
    )
  }
  if (name === undefined) {
    return fail(failure('usage', {message: 'which environment?', hint: `name one with --env: ${names.join(', ')}`}))
  }
  const hint = didYouMean(name, names, 'environments')
  return fail(failure('not-found', {message: `there is no environment ${JSON.stringify(name)}`, ...(hint && {hint})}))
}
