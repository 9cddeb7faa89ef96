import {satisfies} from 'semver'
import type {Finding} from '../../ports/finding.ts'
import {runCommand} from '../command.ts'
import {lookAtEngine} from './engine.ts'

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
    lookAtEngine(needs.docker, env),
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
