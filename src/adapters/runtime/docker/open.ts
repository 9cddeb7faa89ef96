import {bug} from '../../../core/base/bug.ts'
import {ok, type Result} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import type {Clock} from '../../../ports/clock.ts'
import type {Runtime} from '../../../ports/runtime.ts'
import {type Engine, engineAt} from '../../docker/engine.ts'
import {guarded} from '../../docker/trouble.ts'
import type {RuntimePlace} from '../place.ts'
import type {Owner} from './labels.ts'
import {type DockerSettings, readSettings} from './options.ts'

/** What a runtime on Docker engines is made with. */
export interface OnEngines {
  readonly owner: Owner
  /** Instances of a pool are spread over them; of a swarm, the manager alone. */
  readonly engines: readonly [Engine, ...(readonly Engine[])]
  readonly settings: Pick<DockerSettings, 'ports' | 'constraints'>
  /** Where it is kept which instances have been healthy. */
  readonly folder: string
  readonly clock: Clock
  /** Our own environment, which leads to the user's Docker configuration. */
  readonly env: NodeJS.ProcessEnv
}

/** Reads the options, gets hold of the engines, and makes the runtime on them. None of them is asked anything yet. */
export async function onEngines(
  driver: 'docker' | 'swarm',
  options: DriverConfig['options'],
  place: RuntimePlace,
  make: (on: OnEngines) => Runtime,
): Promise<Result<Runtime>> {
  const {system, environment, folder, clock, env} = place
  const read = readSettings(options, place, driver)
  if (!read.ok) return read
  const {hosts, tls, ...settings} = read.value
  return guarded(hosts.map(({address}) => address.text).join(', '), async () => {
    const [first, ...others] = await Promise.all(hosts.map(host => engineAt(host, {env, ...(tls && {tls})})))
    const engines = [first ?? bug('a list of hosts is never empty'), ...others] as const
    return ok(make({owner: {system, environment}, engines, settings, folder, clock, env}))
  })
}
