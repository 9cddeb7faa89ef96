import {parse, YAMLParseError} from 'yaml'
import {failure} from '../../base/failure.ts'
import {fail, ok, type Result} from '../../base/result.ts'
import {secretsIn} from '../../base/redact.ts'
import type {Source} from '../source.ts'
import {VERSION} from '../version.ts'
import {type Draft, type DraftRun, type DraftService, draftName, draftNames, FIRST_VERSION} from './draft.ts'
import {asList, asMap, asText, type Unsure} from './unsure.ts'

/** Images that keep data or pass messages: moving traffic by weights is not how they are upgraded. */
const STORES =
  /(?:^|\/)(?:postgres|postgis|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|kafka|cp-kafka|zookeeper|cp-zookeeper|nats|elasticsearch|opensearch|cassandra|minio|etcd|consul|vault|clickhouse-server|influxdb|localstack|mailhog|mailpit)(?:[:@]|$)/

/** A draft from a Docker Compose file: its services, who waits for whom, ports, health checks and images. */
export function composeDraft(source: Source, folder: string): Result<Draft> {
  const read = readYaml(source)
  if (!read.ok) return read
  const services = asMap(asMap(read.value).get('services'))
  if (services.size === 0)
    return fail(
      failure('config-invalid', {message: `${source.file} has no services`, hint: 'name a Docker Compose file'}),
    )
  const stores = [...services].filter(([, service]) => STORES.test(asText(asMap(service).get('image')) ?? ''))
  const ours = [...services].filter(([name]) => !stores.some(([store]) => store === name))
  if (ours.length === 0)
    return fail(
      failure('config-invalid', {
        message: `${source.file} has only what is not upgraded by moving traffic: ${stores.map(([name]) => name).join(', ')}`,
        hint: 'name a Docker Compose file with services of your own, or --repos FOLDER',
      }),
    )
  const names = draftNames(ours.map(([name]) => name))
  return ok({
    system: draftName(asText(asMap(read.value).get('name')) ?? folder),
    source: source.file,
    runtime: 'docker',
    services: openOnce(ours.map(([name, service]) => serviceOf(name, asMap(service), names))),
    leftOut: stores.map(
      ([name, service]) =>
        `Left out: ${name} (${asText(asMap(service).get('image'))}), which is not upgraded by moving traffic.`,
    ),
  })
}

/** An address is open to one service; in compose files, variants of one often share it. */
function openOnce(services: readonly DraftService[]): readonly DraftService[] {
  const taken = new Set<string>()
  return services.map(({listen, ...service}) => {
    if (listen === undefined || taken.has(listen)) return service
    taken.add(listen)
    return {...service, listen}
  })
}

function readYaml({file, text}: Source): Result<unknown> {
  try {
    // Compose files merge with <<, and what they repeat is small.
    return ok(parse(text, {merge: true, maxAliasCount: 1000}) as unknown)
  } catch (error) {
    const [at] = error instanceof YAMLParseError ? (error.linePos ?? []) : []
    const [message = ''] = String(error instanceof Error ? error.message : error).split('\n')
    const problem = {file, line: at?.line ?? 1, column: at?.col ?? 1, message}
    return fail(failure('config-invalid', {message: `${file} is no YAML`, problems: [problem]}))
  }
}

function serviceOf(name: string, service: Unsure, names: ReadonlyMap<string, string>): DraftService {
  const {image, version, note} = imageOf(asText(service.get('image')), name)
  const ports = asList(service.get('ports')).map(portOf)
  const [port] = ports
  const inside = port?.inside ?? numberOf(asText(asList(service.get('expose'))[0]))
  const health = healthPath(service)
  const replicas = numberOf(withDefaults(asText(asMap(service.get('deploy')).get('replicas')) ?? ''), 10_000)
  const {env, secret} = environmentOf(service.get('environment'))
  const run: DraftRun = {
    image,
    ...(inside !== undefined && {port: inside}),
    ...(replicas !== undefined && {replicas}),
    ...(health !== undefined && {health}),
    env,
  }
  return {
    name: names.get(name) ?? draftName(name),
    version,
    run,
    ...(port?.outside !== undefined && {listen: `127.0.0.1:${port.outside}`}),
    calls: dependenciesOf(service.get('depends_on')).flatMap(other => names.get(other) ?? []),
    provides: [],
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(secret.length === 0
        ? []
        : [`Not copied, since they look like secrets or are filled in elsewhere: ${secret.join(', ')}.`]),
    ],
  }
}

/** `acme/accounts:1.4.0` is the image of release 1.4.0; a tag that is no version says nothing. */
function imageOf(image: string | undefined, name: string): {image: string; version: string; note?: string} {
  const told = withDefaults(image ?? '').replace(/^[/:]+|:$/g, '') || name
  const [, base = name, tag] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(told) ?? []
  const version = (tag ?? '').replace(/^v/, '')
  if (VERSION.test(version)) return {image: `${base}:${tag?.startsWith('v') ? 'v' : ''}{version}`, version}
  const why = image === undefined ? 'is built, and has no image' : `is ${image}, which names no version`
  return {
    image: `${base}:{version}`,
    version: FIRST_VERSION,
    note: `In the compose file it ${why}: ${FIRST_VERSION} is assumed. Tag images with full versions.`,
  }
}

interface Port {
  readonly inside: number | undefined
  readonly outside: number | undefined
}

/** `${TAG:-1.4.0}` is what it is where nothing else is set, and `${TAG}` is nothing. */
function withDefaults(text: string): string {
  const filled = text.replaceAll(VARIABLE, (_, fallback: string | undefined) => fallback ?? '')
  return filled === text ? text : withDefaults(filled)
}

/** The innermost, for a default may hold others. */
const VARIABLE = /\$(?:\{\w+(?::?-([^${}]*)|:?[?+][^${}]*)?\}|\w+)/g

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, or a mapping with target and published. */
function portOf(written: unknown): Port {
  const map = asMap(written)
  if (map.size > 0)
    return {
      inside: numberOf(asText(map.get('target'))),
      outside: numberOf(withDefaults(asText(map.get('published')) ?? '')),
    }
  const parts = withDefaults(asText(written) ?? '')
    .replace(/\/\w+$/, '')
    .split(':')
  return {inside: numberOf(parts.at(-1)), outside: parts.length > 1 ? numberOf(parts.at(-2)) : undefined}
}

function numberOf(text: string | undefined, most = 65_535): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= most
    ? Number(text)
    : undefined
}

/** The path of the first address that the check asks for. */
function healthPath(service: Unsure): string | undefined {
  const test = asMap(service.get('healthcheck')).get('test')
  const said = typeof test === 'string' ? test : asList(test).map(asText).join(' ')
  return /https?:\/\/[^\s/'"]+(\/[\w./~-]*)/.exec(said)?.[1]
}

/** A list of names, or a mapping by name; each once, however often it stands there. */
function dependenciesOf(written: unknown): readonly string[] {
  const list = asList(written).flatMap(name => asText(name) ?? [])
  return list.length > 0 ? [...new Set(list)] : [...asMap(written).keys()]
}

/** Values that stand there as they are; those that look like secrets, or are filled in when it is read, are only named. */
function environmentOf(written: unknown): {env: Record<string, string>; secret: string[]} {
  const pairs = [
    ...asList(written)
      .map(line => /^([^=]+)(?:=(.*))?$/.exec(asText(line) ?? ''))
      .map(found => [found?.[1] ?? '', found?.[2]] as const),
    ...[...asMap(written)].map(([name, value]) => [name, asText(value)] as const),
  ].filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
  const isPlain = ([name, value]: readonly [string, string | undefined]) =>
    value !== undefined &&
    !value.includes('$') &&
    secretsIn({[name]: `${value}....`}).length === 0 &&
    !/:\/\/[^/]*@/.test(value)
  return {
    env: Object.fromEntries(pairs.filter(isPlain).map(([name, value]) => [name, value ?? ''])),
    secret: pairs.filter(pair => !isPlain(pair)).map(([name]) => name),
  }
}
