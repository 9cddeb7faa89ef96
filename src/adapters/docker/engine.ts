import {readFile} from 'node:fs/promises'
import type Docker from 'dockerode'
import type {DurationMs} from '../../core/base/units.ts'
import type {Address} from './address.ts'
import {sshAgent} from './ssh.ts'

/** One Docker engine, and how its containers are reached. */
export interface Engine {
  /** For messages. */
  readonly name: string
  readonly docker: Docker
  /** The address of its host at which ports are published. */
  readonly publish: string
}

/** Paths of the files by which both sides of TLS know each other. */
export interface TlsFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** By what means engines are reached. */
export interface Reaching {
  /** Our own environment, for `ssh`. */
  readonly env: NodeJS.ProcessEnv
  /** For engines that listen on TCP; without it, what is said can be heard and changed by anybody on the way. */
  readonly tls?: TlsFiles
  /** How long an answer may take to begin. */
  readonly patienceMs?: DurationMs
}

/** An engine to be reached, and the address of its host at which ports are published. */
export interface Host {
  readonly address: Address
  readonly publish: string
}

export async function engineAt({address, publish}: Host, {env, tls, patienceMs}: Reaching): Promise<Engine> {
  const {default: Client} = await import('dockerode')
  const way = await wayTo(address, {env, ...(tls && {tls})})
  const docker = new Client({...way, ...(patienceMs && {connectionTimeout: patienceMs})})
  return {name: address.text, docker, publish}
}

type Way = ConstructorParameters<typeof Docker>[0]

/** Every field is named, since the client fills in from DOCKER_HOST what is not. */
async function wayTo(address: Address, {env, tls}: Reaching): Promise<Way> {
  switch (address.by) {
    case 'unix':
      return {socketPath: address.path, host: '', protocol: 'http'}
    case 'ssh':
      return {host: 'docker', port: 80, protocol: 'http', agent: sshAgent(address, env)} as Way
    default: {
      const {host, port} = address
      if (!tls) return {host, port, protocol: 'http'}
      // One after another, so that of several that are missing the same one is named each time.
      const ca = await readFile(tls.ca)
      const cert = await readFile(tls.cert)
      const key = await readFile(tls.key)
      return {host, port, protocol: 'https', ca, cert, key}
    }
  }
}
