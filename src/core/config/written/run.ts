import type {RunConfig} from '../config.ts'
import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {text, whole} from '../shape/scalar.ts'
import {about, mapped, refuseValue, type Shape} from '../shape/shape.ts'
import {textOf} from '../yaml/raw.ts'
import {command, duration, innerPath, urlPath, VARIABLE_NAME} from './values.ts'

/** The value of an environment variable: any scalar, as its text. */
const variable: Shape<string> = {
  json: () => ({type: ['string', 'number', 'boolean']}),
  read(raw, at) {
    if (typeof raw === 'boolean') return String(raw)
    return textOf(raw) ?? refuseValue(raw, at, 'the value of an environment variable')
  },
}

const health = object(
  {
    path: about('Answers 2xx to a GET once the instance is ready.', urlPath),
    timeout: maybe(about('How long an instance may take to become healthy. 30s without it.', duration)),
  },
  'a health check with a path',
)

const stop = object(
  {
    drain: maybe(about('How long requests in flight may take before the instance is ended. 30s without it.', duration)),
  },
  'a mapping that says how to stop',
)

const runKeys = object(
  {
    command: maybe(about('Program and arguments: a list, or a line that is split without a shell.', command)),
    cwd: maybe(about('Folder of the command, below the checkout.', innerPath)),
    image: maybe(about('Container image; {version} stands for the release.', text('an image'))),
    port: maybe(about('The port inside a container. A process is given its own as PORT.', whole(1, 65_535, 'a port'))),
    replicas: maybe(about('Instances of one release. 1 without it.', whole(1, 10_000, 'a number of replicas'))),
    health: maybe(about('How an instance shows that it is ready.', health)),
    env: maybe(about('Environment variables of every instance.', record(VARIABLE_NAME, variable))),
    stop: maybe(about('How an instance is stopped.', stop)),
  },
  'a mapping that says how to run',
)

/** How instances of a service are started, watched and stopped. */
export const run: Shape<RunConfig> = mapped(runKeys, ({health, stop, env, ...rest}) => ({
  ...rest,
  ...(env ? {env: Object.fromEntries(env)} : {}),
  ...(health ? {health: {path: health.path, timeoutMs: health.timeout ?? DEFAULT_HEALTH_TIMEOUT_MS}} : {}),
  ...(stop ? {stop: {drainMs: stop.drain ?? DEFAULT_DRAIN_MS}} : {}),
}))

const DEFAULT_HEALTH_TIMEOUT_MS = 30_000
const DEFAULT_DRAIN_MS = 30_000
