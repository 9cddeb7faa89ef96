import type {DriverConfig, Wanted} from '../config.ts'
import {either} from '../shape/either.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {text, whole} from '../shape/scalar.ts'
import {about, below, type Json, type Read, refuse, refuseValue, type Shape} from '../shape/shape.ts'
import {RANGE, VERSION} from '../version.ts'
import {isMap, plain, type RawMap, shown, textOf} from '../yaml/raw.ts'
import {gates} from './gate.ts'
import {service} from './service.ts'
import {contractName, modeName, SERVICE_NAME, serviceName, variableName, version, webAddress} from './values.ts'
import {wantedRelease} from '../wanted.ts'

/** A driver by name; its other keys are its own, and it looks at them itself. */
const driver: Shape<DriverConfig> = {
  json: () => ({
    type: 'object',
    properties: {
      driver: {description: 'Its name; its other keys are its own.', ...text('the name of a driver').json()},
    },
    required: ['driver'],
    additionalProperties: true,
  }),
  read(raw, at) {
    if (!isMap(raw)) return refuseValue(raw, at, 'a driver, like { driver: docker }')
    const named = raw.get('driver')
    if (named === undefined) return refuse(at, 'the key "driver" is missing', undefined, 'key')
    const name = below(at, 'driver', () => text('the name of a driver').read(named, at))
    const options = [...raw].filter(([key]) => key !== 'driver').map(([key, value]) => [key, plain(value)] as const)
    return name === undefined ? undefined : {driver: name, options: Object.fromEntries(options)}
  },
}

const WANTED_HINT = 'write a version, a range, latest, none, or { release, mode }'

/** A version, a range, `latest` or `none`. */
const wantedText: Shape<Wanted> = {
  json: () => ({
    title: 'a version, a range, latest or none',
    type: ['string', 'number'],
    minimum: 0,
    pattern: `${RANGE.source}|^(?:latest|none)$`,
  }),
  read(raw, at) {
    const found = textOf(raw)
    if (found === undefined) return refuse(at, `${shown(raw)} is not a version or a range`, WANTED_HINT)
    return wantedRelease(found) ?? refuse(at, `${JSON.stringify(found)} is not a version or a range`, WANTED_HINT)
  },
}

/** What should run of a service. */
const wanted: Shape<Wanted> = either(
  {
    text: wantedText,
    map: withMode(wantedText, 'a release and a mode'),
  },
  'a release; write a version, a range, latest, none, or { release, mode }',
)

/** What runs of a service: one version, not a range. */
const running: Shape<Wanted> = either(
  {
    text: exact(),
    map: withMode(exact(), 'a release and a mode'),
  },
  'a release; write the version that runs, none, or { release, mode }',
)

function exact(): Shape<Wanted> {
  return {
    json: () => ({title: 'a version or none', type: 'string', pattern: `${VERSION.source}|^none$`}),
    read(raw, at) {
      const found = textOf(raw) ?? ''
      if (found === 'none' || VERSION.test(found)) return wantedRelease(found)
      version.read(raw, at)
      return undefined
    },
  }
}

function withMode(release: Shape<Wanted>, what: string): Shape<Wanted> {
  const keys = {
    release: about('The release.', release),
    mode: maybe(about('One of its modes; the last without it.', modeName)),
  }
  const both = object(keys, what)
  return {
    json: both.json,
    read(raw, at) {
      const found = both.read(raw, at)
      if (!found) return undefined
      const {release: wanted, mode} = found
      if (mode === undefined) return wanted
      return wanted.is === 'none'
        ? refuse(at, 'what is not deployed has no mode', 'leave the mode out')
        : {...wanted, mode}
    },
  }
}

const excuse = object(
  {
    client: about('Who calls.', serviceName),
    server: about('Who is called.', serviceName),
    contract: about('What they clash on.', contractName),
    reason: about('Why this clash may stay.', text('a reason')),
  },
  'an excuse with client, server, contract and reason',
)

/**
 * Part of a service. It is read when it has been merged over the service itself: only the two together have to be
 * whole.
 */
const override: Shape<RawMap> = {
  json: () => loosened(service.json()),
  read: (raw, at) => (isMap(raw) ? raw : raw === null ? new Map() : refuseValue(raw, at, 'a part of a service')),
}

/** The same schema with every key optional. */
function loosened(json: Json): Json {
  const entries = Object.entries(json).filter(([key, value]) => !(key === 'required' && Array.isArray(value)))
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key !== 'items' && isJson(value) ? loosened(value) : value]),
  )
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const prometheus = object(
  {
    url: about('Where its API begins, without /api/v1.', webAddress),
    tokenFrom: maybe(about('The environment variable that holds a bearer token.', variableName)),
  },
  'a Prometheus with its url',
)

/** One place where the system runs. */
export const environment = object(
  {
    runtime: maybe(about('Where instances run. { driver: process } without it.', driver)),
    balancer: maybe(about('What shares out the traffic. { driver: embedded } without it.', driver)),
    current: maybe(about('What runs now; only until Sluice has its own record.', record(SERVICE_NAME, running))),
    target: maybe(
      about('What should run: a version, a range, latest, none, or { release, mode }.', record(SERVICE_NAME, wanted)),
    ),
    excuse: maybe(about('Pairs that clash and may.', list(excuse, 'excuses'))),
    gates: maybe(about('What must hold before each step begins here.', gates)),
    prometheus: maybe(about('Who answers the queries of checks.', prometheus)),
    maxFailures: maybe(
      about(
        'Steps of one rollout that may be taken back while whatever does not wait for them goes on. 0 without it: after the first, nothing new begins.',
        whole(0, 1_000_000, 'a number of steps'),
      ),
    ),
    services: maybe(about('Anything of a service, overridden here.', record(SERVICE_NAME, override))),
  },
  'an environment',
)

export type WrittenEnvironment = Read<typeof environment>
