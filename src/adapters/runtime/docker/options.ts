import {resolve, dirname} from 'node:path'
import type {Result} from '../../../core/base/result.ts'
import {ok} from '../../../core/base/result.ts'
import type {DriverConfig} from '../../../core/config/config.ts'
import {listOfNames, type OptionReader, readOptions} from '../../options.ts'
import type {RuntimePlace} from '../place.ts'
import {ADDRESS_FORM, type Address, addressOf, publishedAt} from '../../docker/address.ts'
import type {Host, TlsFiles} from '../../docker/engine.ts'

/** What the keys of a Docker or Swarm runtime in `sluice.yaml` come to. */
export interface DockerSettings {
  readonly hosts: readonly Host[]
  readonly tls?: TlsFiles
  /** Outside ports to publish at, first and last. */
  readonly ports: PortRange
  /** Where a Swarm may place tasks. */
  readonly constraints: readonly string[]
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

interface Options {
  readonly socket: string
  readonly host: Address
  readonly hosts: readonly Partial<Host>[]
  readonly publish: string
  readonly ports: PortRange
  readonly tls: TlsFiles
  readonly constraints: readonly string[]
}

const DEFAULT_SOCKET = '/var/run/docker.sock'
/** Below those that systems give out by themselves. */
const DEFAULT_PORTS: PortRange = {first: 20_000, last: 29_999}
const HIGHEST_PORT = 65_535

/** @param driver whose options they are, for messages */
export function readSettings(
  options: DriverConfig['options'],
  place: RuntimePlace,
  driver: keyof typeof CONTAINER_OPTIONS,
): Result<DockerSettings> {
  const whose = {driver, file: place.file, key: `environments.${place.environment}.runtime`}
  const read: Result<Partial<Options>> =
    driver === 'docker'
      ? readOptions(options, CONTAINER_OPTIONS.docker, whose)
      : readOptions(options, CONTAINER_OPTIONS.swarm, whose)
  if (!read.ok) return read
  const {hosts, ports = DEFAULT_PORTS, tls, publish} = read.value
  const alone = read.value.host ?? unix(read.value.socket ?? DEFAULT_SOCKET)
  const named: readonly Partial<Host>[] = hosts ?? [{address: alone}]
  return ok({
    hosts: named.map(({address = alone, publish: own}) => ({address, publish: own ?? publish ?? publishedAt(address)})),
    ports,
    constraints: read.value.constraints ?? [],
    ...(tls && {tls: besideFile(tls, place.file)}),
  })
}

function unix(path: string): Address {
  return {text: `unix://${path}`, by: 'unix', path}
}

/** Paths start at the folder of `sluice.yaml`. */
function besideFile({ca, cert, key}: TlsFiles, file: string): TlsFiles {
  const whole = (path: string) => resolve(dirname(file), path)
  return {ca: whole(ca), cert: whole(cert), key: whole(key)}
}

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value.startsWith('/') ? value : undefined),
  wants: 'a path from the root, like /var/run/docker.sock',
}

const address: OptionReader<Address> = {
  read: value => (typeof value === 'string' ? addressOf(value) : undefined),
  wants: ADDRESS_FORM,
}

const ip: OptionReader<string> = {
  read: value => (typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : undefined),
  wants: 'an address of the host, like 10.0.0.5',
}

const ports: OptionReader<PortRange> = {
  read(value) {
    const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(String(value)) ?? []
    const [first, last] = [Number(from), Number(to)]
    return first > 0 && first <= last && last <= HIGHEST_PORT ? {first, last} : undefined
  },
  wants: 'two ports, like 20000-29999',
}

const tls: OptionReader<TlsFiles> = {
  read: value => (isTexts(value, ['ca', 'cert', 'key']) ? (value as unknown as TlsFiles) : undefined),
  wants: 'the paths of three PEM files: { ca, cert, key }',
}

const hosts: OptionReader<readonly Partial<Host>[]> = {
  read(value) {
    const read = Array.isArray(value) && value.length > 0 ? value.map(hostOf) : []
    return read.length > 0 && read.every(host => host !== undefined) ? read : undefined
  },
  wants: `a list of hosts, each ${ADDRESS_FORM}, or { host, publish }`,
}

const REACH = {socket: path, host: address, tls}
export const CONTAINER_OPTIONS = {
  docker: {...REACH, hosts, publish: ip, ports},
  swarm: {...REACH, constraints: listOfNames},
}

function hostOf(value: unknown): Host | undefined {
  const [host, publish] = isTexts(value, ['host', 'publish']) ? [value['host'], value['publish']] : [value, undefined]
  const found = address.read(host)
  return found && {address: found, publish: publish ?? publishedAt(found)}
}

/** Exactly these keys, each a text. */
function isTexts(value: unknown, keys: readonly string[]): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return (
    entries.length === keys.length && entries.every(([key, text]) => keys.includes(key) && typeof text === 'string')
  )
}
