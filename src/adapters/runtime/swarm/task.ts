import {buffer} from 'node:stream/consumers'
import type Docker from 'dockerode'
import type {Container} from 'dockerode'
import {by} from '../../../core/base/order.ts'
import type {DurationMs, Instant} from '../../../core/base/units.ts'
import type {Instance} from '../../../ports/runtime.ts'
import type {Marks} from '../docker/labels.ts'
import {textOf} from '../docker/log.ts'
import {healthOf} from '../health.ts'
import type {Notes} from '../notes.ts'

/** A task of a service, as far as it is asked about. */
export interface Task {
  readonly ID: string
  readonly ServiceID: string
  readonly Slot?: number
  readonly NodeID?: string
  readonly CreatedAt: string
  readonly DesiredState: string
  readonly Status: {
    readonly State: string
    readonly Timestamp: string
    readonly Message?: string
    readonly Err?: string
    readonly ContainerStatus?: {readonly ExitCode?: number}
    readonly PortStatus?: {readonly Ports?: readonly {readonly TargetPort?: number; readonly PublishedPort?: number}[]}
  }
}

/** What it takes to judge a task. */
export interface Judging {
  readonly docker: Docker
  readonly notes: Notes
  readonly now: () => Instant
  /** The address of a node by its id; undefined where it is down. */
  readonly addressOf: (node: string) => string | undefined
}

const ENDED = new Set(['complete', 'failed', 'rejected'])
const LINES = 10
const LOG_MS: DurationMs = 2000

/** One instance a slot: whoever stands there now, or whoever died there while nobody healthy has followed. */
export async function instancesIn(
  tasks: readonly Task[],
  marks: Marks,
  judging: Judging,
): Promise<readonly Instance[]> {
  const slots = [...new Set(tasks.map(({Slot}) => Slot))]
  const seen = await Promise.all(
    slots.map(slot =>
      instanceIn(
        tasks.filter(({Slot}) => Slot === slot),
        marks,
        judging,
      ),
    ),
  )
  return seen.filter(instance => instance !== undefined)
}

async function instanceIn(slot: readonly Task[], marks: Marks, judging: Judging): Promise<Instance | undefined> {
  const oldestFirst = slot.toSorted(by(({CreatedAt}) => CreatedAt))
  const now = oldestFirst.findLast(({DesiredState}) => DesiredState === 'running' || DesiredState === 'ready')
  const dead = oldestFirst.find(({Status}) => ENDED.has(Status.State))
  const alive = now && !ENDED.has(now.Status.State) ? await lifeOf(now, marks, judging) : undefined
  if (now && alive && (alive.health !== 'starting' || !dead)) return instanceOf(now, marks, alive, judging)
  return dead && instanceOf(dead, marks, await deathOf(dead, judging), judging)
}

type Life = Pick<Instance, 'health' | 'detail'>

function instanceOf(task: Task, {service, pool, state, rollout, port}: Marks, life: Life, judging: Judging): Instance {
  const address = addressOf(task, port, judging) ?? `task-${task.ID}`
  return {id: task.ID, service, pool, state, rollout, address, ...life}
}

function addressOf({NodeID, Status}: Task, port: number | undefined, judging: Judging): string | undefined {
  const host = NodeID === undefined ? undefined : judging.addressOf(NodeID)
  const published = Status.PortStatus?.Ports?.find(({TargetPort}) => TargetPort === port)?.PublishedPort
  return host !== undefined && published !== undefined ? `${host}:${published}` : undefined
}

const STAY_MS = 200

async function lifeOf(task: Task, marks: Marks, judging: Judging): Promise<Life> {
  const {State, Err, Message, Timestamp} = task.Status
  if (State !== 'running') return {health: 'starting', detail: `the task is ${State}: ${Err ?? Message ?? ''}`}
  const address = addressOf(task, marks.port, judging)
  const {well, said} =
    address === undefined
      ? {well: marks.port === undefined, said: 'its node is not there, or has not told its port yet'}
      : await healthOf(address, marks.health, '(the program has to listen on every address in its container)', STAY_MS)
  if (well) {
    await judging.notes.note(task.ID)
    return {health: 'healthy'}
  }
  const ageMs = judging.now() - Date.parse(Timestamp)
  const wasWell = judging.notes.isNoted(task.ID) || ageMs > (marks.health?.timeoutMs ?? Infinity)
  return {health: wasWell ? 'unhealthy' : 'starting', detail: said}
}

async function deathOf(task: Task, {docker}: Judging): Promise<Life> {
  const {ContainerStatus, Err} = task.Status
  const code = ContainerStatus?.ExitCode
  const how = code === undefined || code === 0 ? (Err ?? 'ended') : `ended with code ${code}`
  const log = await logOf(docker, task)
  return {health: 'exited', detail: log === '' ? `${how}; it wrote nothing` : `${how}; the end of its log:\n${log}`}
}

/** The types of dockerode have no logs of tasks, but its tasks have. */
type Logged = ReturnType<Docker['getTask']> & Pick<Container, 'logs'>

/** A log is on its node, which may be gone, or slow to tell. */
async function logOf(docker: Docker, {ID}: Task): Promise<string> {
  const task = docker.getTask(ID) as Logged
  const abortSignal = AbortSignal.timeout(LOG_MS)
  try {
    const log: unknown = await task.logs({stdout: true, stderr: true, tail: LINES, follow: false, abortSignal})
    return textOf(await bytesOf(log)).trimEnd()
  } catch {
    return ''
  }
}

/** Of a task, unlike of a container, the log comes as a stream. */
async function bytesOf(log: unknown): Promise<Buffer> {
  return Buffer.isBuffer(log) ? log : buffer(log as NodeJS.ReadableStream)
}
