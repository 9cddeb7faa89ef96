import type {Container, ContainerInspectInfo} from 'dockerode'
import type {Instant} from '../../../core/base/units.ts'
import type {Instance} from '../../../ports/runtime.ts'
import {healthOf} from '../health.ts'
import {type Marks, marksIn} from './labels.ts'
import {lastLines} from './log.ts'
import type {Notes} from '../notes.ts'

/** How long Docker's ids are where people read them. */
const ID_LENGTH = 12

export const shortId = (id: string): string => id.slice(0, ID_LENGTH)

/** What it takes to judge a container. */
export interface Judging {
  readonly notes: Notes
  readonly now: () => Instant
}

/** What is told of a container, after a look at its health; undefined where it is not one of ours. */
export async function observe(
  container: Container,
  seen: ContainerInspectInfo,
  judging: Judging,
  publish: string,
): Promise<Instance | undefined> {
  const marks = marksIn(seen.Config.Labels)
  if (!marks) return undefined
  const {service, pool, state, rollout} = marks
  const address = addressOf(seen, marks, publish)
  const life = isOver(seen) ? await deathOf(container, seen) : await lifeOf(seen, marks, address, judging)
  return {id: shortId(seen.Id), service, pool, state, rollout, address: address ?? nameIn(seen), ...life}
}

/** Where the inside port is published; undefined for what serves nothing, or does not run yet. */
function addressOf(seen: ContainerInspectInfo, {port}: Marks, publish: string): string | undefined {
  const [published] = (port !== undefined && seen.NetworkSettings.Ports[`${port}/tcp`]) || []
  return published && `${publish}:${published.HostPort}`
}

function nameIn({Name}: ContainerInspectInfo): string {
  return Name.replace(/^\//, '')
}

function isOver({State}: ContainerInspectInfo): boolean {
  return ['exited', 'dead', 'removing', 'restarting'].includes(State.Status)
}

type Life = Pick<Instance, 'health' | 'detail'>

/**
 * A bad answer of one that has been healthy is an illness, and no longer a slow start. Where that was noted on another
 * machine, the time it has run says as much.
 */
async function lifeOf(
  seen: ContainerInspectInfo,
  marks: Marks,
  address: string | undefined,
  {notes, now}: Judging,
): Promise<Life> {
  const {well, said} = await wellness(seen, marks, address)
  if (well) {
    await notes.note(shortId(seen.Id))
    return {health: 'healthy'}
  }
  const ageMs = now() - Date.parse(seen.State.StartedAt)
  const wasWell = notes.isNoted(shortId(seen.Id)) || ageMs > (marks.health?.timeoutMs ?? Infinity)
  return {health: wasWell ? 'unhealthy' : 'starting', detail: said}
}

/** Docker's proxy takes a connection and only then finds that nobody listens inside. */
const STAY_MS = 200

async function wellness({State}: ContainerInspectInfo, {port, health}: Marks, address: string | undefined) {
  const inside = State.Health?.Status
  if (inside !== undefined && inside !== 'healthy') return {well: false, said: checkSaid(State.Health)}
  const hint = `(the program has to listen on port ${port} of every address in its container)`
  if (State.Status !== 'running') return {well: false, said: `the container is ${State.Status}`}
  if (inside !== undefined && !health) return {well: true, said: inside}
  if (address !== undefined) return healthOf(address, health, hint, STAY_MS)
  return {well: port === undefined, said: `port ${port} is not published`}
}

/** What Docker's own health check last said. */
function checkSaid(health: ContainerInspectInfo['State']['Health']): string {
  const last = health?.Log.at(-1)
  return last
    ? `its health check ended with code ${last.ExitCode}: ${last.Output.trim()}`
    : 'its health check has not run yet'
}

async function deathOf(container: Container, {State}: ContainerInspectInfo): Promise<Life> {
  const log = await lastLines(container)
  const how = State.OOMKilled ? 'ended for want of memory' : `ended with code ${State.ExitCode}`
  return {health: 'exited', detail: log === '' ? `${how}; it wrote nothing` : `${how}; the end of its log:\n${log}`}
}
