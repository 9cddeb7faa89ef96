import type {Container} from 'dockerode'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {PoolSpec} from '../../../ports/runtime.ts'
import {containerOf, nameOf} from './container.ts'
import type {Engine} from '../../docker/engine.ts'
import type {PortRange} from './options.ts'
import {unless} from '../../docker/trouble.ts'

/** One container of a pool, to be made. */
interface Made {
  readonly image: string
  readonly ordinal: number
  readonly ports: PortRange
}

/** How many outside ports are tried: each may be somebody else's. */
const MOST_TRIES = 20

/**
 * Makes the container and starts it. Its outside port is ours to choose, and not Docker's, so that it is the same after
 * the container or its host was started anew.
 */
export async function make(engine: Engine, spec: PoolSpec, made: Made): Promise<Result<Container>> {
  const name = nameOf(spec, made.ordinal)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const published = {ip: bindable(engine.publish), port: anyOf(made.ports)}
    const asked = engine.docker.createContainer({name, ...containerOf(spec, {...made, published})})
    // Somebody made it a moment ago.
    const container = await unless<Container | undefined>(409, undefined, asked)
    if (!container) return ok(engine.docker.getContainer(name))
    await joinNetworks(engine, container, spec)
    if (await begins(container)) return ok(container)
  }
  const range = `${made.ports.first}-${made.ports.last}`
  const message = `docker at ${engine.name} has no port for ${name}: ${MOST_TRIES} of ${range} were in use`
  return fail(failure('runtime-failed', {message, hint: 'widen runtime.ports'}))
}

function anyOf({first, last}: PortRange): number {
  return first + Math.floor(Math.random() * (last - first + 1))
}

/** A port cannot be published at a name. */
function bindable(publish: string): string {
  return /^[\d.]+$|:/.test(publish) ? publish : '0.0.0.0'
}

async function joinNetworks(engine: Engine, container: Container, {run}: PoolSpec): Promise<void> {
  for (const network of run.networks?.slice(1) ?? []) {
    await engine.docker.getNetwork(network).connect({Container: container.id})
  }
}

/** False where its port is somebody else's. */
async function begins(container: Container): Promise<boolean> {
  try {
    await begin(container)
    return true
  } catch (error) {
    if (error instanceof Error && PORT_TAKEN.test(error.message)) return false
    throw error
  }
}

const PORT_TAKEN = /port is already allocated|address already in use/

/** What cannot even be started must not be taken for one that is there. */
export async function begin(container: Container): Promise<void> {
  try {
    await unless(304, undefined, container.start())
  } catch (error) {
    await container.remove({force: true})
    throw error
  }
}
