import {countingOf} from '../adapters/balancer/abilities.ts'
import type {Problem} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import {adviceOn} from '../core/graph/advise.ts'
import {foreseen} from '../core/rollout/foreseen.ts'
import type {Where} from './config.ts'
import {loadSystem} from './system.ts'

/** What the files say, counted, and what deserves a look. */
export interface Validated {
  readonly file: string
  readonly services: number
  readonly releases: number
  readonly warnings: readonly Problem[]
}

/** Reads every file and every manifest; problems are a failure, the rest is advice. */
export async function validate(where: Where): Promise<Result<Validated>> {
  const loaded = await loadSystem(where)
  if (!loaded.ok) return loaded
  const {config, source, assembled, warnings} = loaded.value
  const services = [...assembled.system.services.values()]
  return ok({
    file: config.file,
    services: services.length,
    releases: services.reduce((sum, {releases}) => sum + releases.length, 0),
    warnings: [
      ...warnings,
      ...adviceOn(config, assembled.system, source),
      ...foreseen(config.environments.values(), source, countingOf),
    ],
  })
}
