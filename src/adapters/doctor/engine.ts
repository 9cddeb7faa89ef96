import type Docker from 'dockerode'
import type {Failure} from '../../core/base/failure.ts'
import {ok, type Result} from '../../core/base/result.ts'
import type {Finding} from '../../ports/finding.ts'
import {engineHere} from '../docker/here.ts'
import {guarded} from '../docker/trouble.ts'

const LOOK_MS = 10_000
/** Clocks of two machines differ by this without anybody's being wrong. */
const CLOSE_MS = 5000

/** What an engine says of itself. */
interface Told {
  readonly name: string
  readonly version: string
  readonly api: string
  readonly isInSwarm: boolean
  /** How far its clock is ahead of ours. */
  readonly aheadMs: number
}

/** The engine that `docker` would talk to: by a socket, TCP, TLS or SSH, as DOCKER_HOST says. */
export async function lookAtEngine(isNeeded: boolean, env: NodeJS.ProcessEnv): Promise<Finding> {
  const asked = await askEngine(env)
  return {
    area: 'this machine',
    what: 'docker',
    ...(asked.ok ? wellOf(asked.value) : silenceOf(asked.failure, isNeeded)),
  }
}

async function askEngine(env: NodeJS.ProcessEnv): Promise<Result<Told>> {
  const here = await engineHere(env, LOOK_MS)
  if (!here.ok) return here
  const {name, docker} = here.value
  return guarded(name, async () => ok(await tell(name, docker)))
}

async function tell(name: string, docker: Docker): Promise<Told> {
  const {Version, ApiVersion} = await docker.version()
  const {Swarm, SystemTime} = (await docker.info()) as {Swarm?: {LocalNodeState?: string}; SystemTime?: string}
  return {
    name,
    version: Version,
    api: ApiVersion,
    isInSwarm: Swarm?.LocalNodeState === 'active',
    aheadMs: Date.parse(SystemTime ?? '') - Date.now(),
  }
}

type Said = Pick<Finding, 'level' | 'text' | 'todo'>

function wellOf({name, version, api, isInSwarm, aheadMs}: Told): Said {
  const text = `${version} at ${name}, API ${api}, ${isInSwarm ? 'part of a swarm' : 'no swarm'}`
  if (Math.abs(aheadMs) < CLOSE_MS || Number.isNaN(aheadMs)) return {level: 'good', text}
  return {
    level: 'note',
    text: `${text}; its clock is off by ${Math.round(aheadMs / 1000)} s`,
    todo: 'set both by NTP',
  }
}

function silenceOf({message, hint}: Failure, isNeeded: boolean): Said {
  const todo = isNeeded ? hint : undefined
  return {level: isNeeded ? 'bad' : 'note', text: message, ...(todo && {todo})}
}
