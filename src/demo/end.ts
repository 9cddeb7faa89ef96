import {shutdownBalancer} from '../adapters/balancer/embedded/driver.ts'
import {environmentOf, loadConfig} from '../app/config.ts'
import {placesOf} from '../app/places.ts'
import {openDrivers} from '../app/world.ts'
import type {DemoWorld} from './world.ts'

const DRAIN_MS = 500

/** Ends every process of the demo: its instances, then its balancer. Nothing of it is left, however it was stopped. */
export async function endEverything(world: DemoWorld): Promise<void> {
  const loaded = await loadConfig({cwd: world.folder, config: world.config})
  if (!loaded.ok) return
  const environment = environmentOf(loaded.value.config, undefined)
  if (!environment.ok) return
  const drivers = await openDrivers(loaded.value.config, environment.value)
  if (!drivers.ok) return
  const {runtime} = drivers.value
  const instances = await runtime.list()
  const pools = new Map(
    (instances.ok ? instances.value : []).map(({service, pool}) => [`${service} ${pool}`, {service, pool}]),
  )
  await Promise.all([...pools.values()].map(({service, pool}) => runtime.stop(service, pool, DRAIN_MS)))
  const folder = placesOf(loaded.value.config).balancer(environment.value.name)
  await shutdownBalancer(folder, DRAIN_MS)
}
