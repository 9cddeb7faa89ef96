import type {HealthcheckConfig, ResourcesConfig, RunConfig} from '../config.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {formed, oneOf, text, whole, yesOrNo} from '../shape/scalar.ts'
import {about, mapped, type Read, refuseValue, type Shape} from '../shape/shape.ts'
import {textOf} from '../yaml/raw.ts'
import {command, duration, innerPath, processors, size, urlPath, VARIABLE_NAME} from './values.ts'

/** The value of an environment variable: any scalar, as its text. */
const variable: Shape<string> = {
  json: () => ({type: ['string', 'number', 'boolean']}),
  read(raw, at) {
    if (typeof raw === 'boolean') return String(raw)
    return textOf(raw) ?? refuseValue(raw, at, 'the value of an environment variable')
  },
}

const volume = formed(
  /^(?:[A-Za-z0-9][\w.-]*|\/[^:]*):\/[^:]+(?::(?:ro|rw))?$/,
  'a volume',
  () => 'write name:/inside or /outside:/inside, with :ro behind it where nothing may be written',
)

const insidePath = formed(/^\/[^:\s]*$/, 'a path inside', () => 'write it from the root, like /tmp')

const user = formed(/^[\w.-]+(?::[\w.-]+)?$/, 'a user', () => 'write a name, a number, or uid:gid')

const health = object(
  {
    path: about('Answers 2xx to a GET once the instance is ready.', urlPath),
    timeout: maybe(
      about('How long an instance may take to become healthy, besides 10s for its start. 30s without it.', duration),
    ),
  },
  'a health check with a path',
)

const stop = object(
  {
    drain: maybe(about('How long requests in flight may take before the instance is ended. 30s without it.', duration)),
  },
  'a mapping that says how to stop',
)

const resources = object(
  {
    memory: maybe(about('Memory of one instance, like 512m or 2g.', size)),
    cpus: maybe(about('Processors of one instance: 2, or a part of one like 0.5.', processors)),
  },
  'limits of memory and cpus',
)

const healthcheck = object(
  {
    test: about('Program and arguments, run inside the container; exit code 0 is healthy.', command),
    interval: maybe(about('How often. 5s without it.', duration)),
    timeout: maybe(about('How long one run may take. 5s without it.', duration)),
    retries: maybe(
      about('Failures in a row that make it unhealthy. 3 without it.', whole(1, 100, 'a number of tries')),
    ),
  },
  'a health check with a test',
)

const RESTARTS = ['no', 'always', 'on-failure', 'unless-stopped'] as const

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
    args: maybe(about("Arguments for the image's program, in place of its own.", command)),
    volumes: maybe(
      about('Volumes of every instance, like data:/var/lib/data or /etc/app:/app/etc:ro.', list(volume, 'volumes')),
    ),
    tmpfs: maybe(about('Folders inside that are kept in memory.', list(insidePath, 'paths'))),
    networks: maybe(
      about('Networks that instances join; they have to exist.', list(text('the name of a network'), 'networks')),
    ),
    resources: maybe(about('What one instance may use at most.', resources)),
    user: maybe(about('Who the program runs as inside: a name, a number, or uid:gid.', user)),
    readOnly: maybe(about('Nothing may be written outside volumes and tmpfs.', yesOrNo())),
    restart: maybe(
      about(
        'Whether the runtime starts an instance again that has ended by itself. no without it.',
        oneOf(RESTARTS, 'a restart policy'),
      ),
    ),
    healthcheck: maybe(
      about('A command inside that shows whether an instance is well; without health, it alone does.', healthcheck),
    ),
  },
  'a mapping that says how to run',
)

/** How instances of a service are started, watched and stopped. */
export const run: Shape<RunConfig> = mapped(runKeys, ({health, stop, env, resources, healthcheck, ...rest}) => ({
  ...rest,
  ...(env ? {env: Object.fromEntries(env)} : {}),
  ...(health ? {health: {path: health.path, timeoutMs: health.timeout ?? DEFAULT_HEALTH_TIMEOUT_MS}} : {}),
  ...(resources ? {resources: resourcesOf(resources)} : {}),
  ...(healthcheck ? {healthcheck: healthcheckOf(healthcheck)} : {}),
  ...(stop ? {stop: {drainMs: stop.drain ?? DEFAULT_DRAIN_MS}} : {}),
}))

function resourcesOf({memory, cpus}: Read<typeof resources>): ResourcesConfig {
  return {...(memory === undefined ? {} : {memoryBytes: memory}), ...(cpus === undefined ? {} : {cpus})}
}

function healthcheckOf({test, interval, timeout, retries}: Read<typeof healthcheck>): HealthcheckConfig {
  return {
    test,
    intervalMs: interval ?? DEFAULT_CHECK_MS,
    timeoutMs: timeout ?? DEFAULT_CHECK_MS,
    retries: retries ?? DEFAULT_RETRIES,
  }
}

const DEFAULT_CHECK_MS = 5_000
const DEFAULT_RETRIES = 3
const DEFAULT_HEALTH_TIMEOUT_MS = 30_000
const DEFAULT_DRAIN_MS = 30_000
