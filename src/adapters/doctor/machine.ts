import {request} from 'node:http'
import {satisfies} from 'semver'
import type {Finding} from '../../ports/finding.ts'
import {codeOf} from '../files.ts'
import {runCommand} from '../command.ts'

const AREA = 'this machine'
const NODE = '>=20.19'
const LOOK_MS = 10_000

/** What of this machine the file makes necessary; what it does not is told all the same. */
export interface Needs {
  readonly git: boolean
  readonly haproxy: boolean
  readonly nginx: boolean
  readonly docker: boolean
}

/** What is installed, and in which version. */
export async function lookAtMachine(needs: Needs, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const found = await Promise.all([
    program('git', ['--version'], needs.git, 'releases are the tags of git repositories'),
    program('haproxy', ['-v'], needs.haproxy, 'only where HAProxy runs on this machine'),
    program('nginx', ['-v'], needs.nginx, 'only where nginx runs on this machine'),
    engine(needs.docker, env),
  ])
  return [node(), clockOf(), ...found]
}

function node(): Finding {
  const is = {area: AREA, what: 'node', text: process.version}
  if (satisfies(process.version, NODE)) return {...is, level: 'good'}
  return {...is, level: 'bad', todo: `install Node ${NODE}`}
}

/** A clock that was never set makes every lease and every log wrong. */
function clockOf(): Finding {
  const now = new Date()
  const is = {area: AREA, what: 'clock', text: now.toISOString()}
  if (now.getUTCFullYear() >= 2024) return {...is, level: 'good'}
  return {...is, level: 'bad', todo: 'set it: timedatectl set-ntp true'}
}

async function program(name: string, words: readonly string[], isNeeded: boolean, why: string): Promise<Finding> {
  const end = await runCommand({command: [name, ...words], folder: '/', env: {}, timeoutMs: LOOK_MS})
  if (end.is === 'exited' && end.code === 0)
    return {area: AREA, what: name, level: 'good', text: /\d+(?:\.\d+)+\S*/.exec(end.output)?.[0] ?? 'installed'}
  const todo = `apt-get install ${name}`
  if (isNeeded) return {area: AREA, what: name, level: 'bad', text: 'not installed', todo}
  return {area: AREA, what: name, level: 'note', text: `not installed (${why})`}
}

/** The engine that `docker` would talk to, asked by its own HTTP. */
async function engine(isNeeded: boolean, env: NodeJS.ProcessEnv): Promise<Finding> {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'
  const is = {area: AREA, what: 'docker'}
  if (!host.startsWith('unix://')) return {...is, level: 'note', text: `DOCKER_HOST is ${host}; not asked here`}
  const socketPath = host.slice('unix://'.length)
  try {
    const version = (await askEngine(socketPath, '/version')) as {Version?: string; ApiVersion?: string}
    const info = (await askEngine(socketPath, '/info')) as {Swarm?: {LocalNodeState?: string}; SystemTime?: string}
    const swarm = info.Swarm?.LocalNodeState === 'active' ? 'part of a swarm' : 'no swarm'
    const aheadMs = Date.parse(info.SystemTime ?? '') - Date.now()
    const text = `${version.Version ?? 'unknown'} at ${socketPath}, API ${version.ApiVersion ?? 'unknown'}, ${swarm}`
    if (Math.abs(aheadMs) < 5000 || Number.isNaN(aheadMs)) return {...is, level: 'good', text}
    return {
      ...is,
      level: 'note',
      text: `${text}; its clock is off by ${Math.round(aheadMs / 1000)} s`,
      todo: 'set both by NTP',
    }
  } catch (error) {
    const level = isNeeded ? 'bad' : 'note'
    const denied = codeOf(error) === 'EACCES'
    const text = denied ? `${socketPath} may not be opened by this user` : `no engine answers at ${socketPath}`
    if (denied) return {...is, level, text, todo: 'usermod -aG docker USER, then log in again'}
    return {
      ...is,
      level,
      text,
      ...(isNeeded && {todo: 'start Docker, or name its socket in the options of the runtime'}),
    }
  }
}

function askEngine(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({socketPath, path, timeout: LOOK_MS, agent: false}, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('end', () => {
        try {
          resolve(JSON.parse(text))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end()
  })
}
