import {clock} from '../adapters/clock.ts'
import {lookAtBalancer} from '../adapters/doctor/balancer.ts'
import {badly} from '../adapters/doctor/finding.ts'
import {lookAtMachine} from '../adapters/doctor/machine.ts'
import {lookAtRecord} from '../adapters/doctor/record.ts'
import {openRuntime} from '../adapters/runtime/registry.ts'
import type {Failure} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import type {Config, EnvironmentConfig} from '../core/config/config.ts'
import {shown} from '../core/rollout/show.ts'
import {openIn} from '../engine/open.ts'
import type {Finding} from '../ports/finding.ts'
import type {State} from '../ports/state.ts'
import {counted} from '../report/text/count.ts'
import {environmentOf, loadConfig} from './config.ts'
import {placesOf} from './places.ts'
import {whereaboutsOf, withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'

/** The document of `doctor --json`. */
export interface Examined {
  /** The `sluice.yaml` that was looked at; null where there is none. */
  readonly file: string | null
  /** Whether all that the file asks for would work. */
  readonly well: boolean
  readonly findings: readonly Finding[]
}

/** Looks at what is installed and reachable. Works without a `sluice.yaml` too; it starts nothing and moves no traffic. */
export async function examine(where: WhereIn): Promise<Result<Examined>> {
  const loaded = await loadConfig(where)
  const config = loaded.ok ? loaded.value.config : undefined
  const chosen = config ? chosenOf(config, where.env) : ok([])
  if (!chosen.ok) return chosen
  const environments = chosen.value
  const findings = [
    ...(await lookAtMachine(needsOf(config, environments), process.env)),
    ...(loaded.ok ? [] : [fileFinding(loaded.failure)]),
    ...(config ? await lookAtSystem(config, environments) : []),
  ]
  return ok({file: config?.file ?? null, well: findings.every(({level}) => level !== 'bad'), findings})
}

/** The one that is named, or all. */
function chosenOf(config: Config, name: string | undefined): Result<readonly EnvironmentConfig[]> {
  if (name === undefined) return ok([...config.environments.values()])
  const found = environmentOf(config, name)
  return found.ok ? ok([found.value]) : found
}

function needsOf(config: Config | undefined, environments: readonly EnvironmentConfig[]) {
  const drivers = environments.flatMap(({runtime, balancer}) => [runtime, balancer])
  const isLocal = ({options}: {readonly options: Readonly<Record<string, unknown>>}) =>
    Object.keys(options).length === 0
  return {
    git: [...(config?.services.values() ?? [])].some(({repo}) => repo !== undefined),
    haproxy: false,
    nginx: drivers.some(({driver}) => driver === 'nginx'),
    docker: drivers.some(one => one.driver === 'docker' && isLocal(one)),
  }
}

function fileFinding(failure: Failure): Finding {
  const finding = badly('sluice.yaml', 'the file', failure)
  return failure.code === 'config-missing' ? {...finding, level: 'note'} : finding
}

async function lookAtSystem(config: Config, environments: readonly EnvironmentConfig[]): Promise<readonly Finding[]> {
  const record = await lookAtRecord(whereaboutsOf(config), clock)
  const drivers = await Promise.all(environments.map(environment => lookAtEnvironment(config, environment)))
  const isReadable = record.every(({level}) => level !== 'bad')
  const open = isReadable
    ? await withRecord(config, state => Promise.all(environments.map(({name}) => leftOpen(state, name))))
    : []
  const size = `${counted(config.services.size, 'service')}, ${counted(config.environments.size, 'environment')}`
  return [
    {area: 'sluice.yaml', what: config.file, level: 'good', text: size},
    ...record,
    ...drivers.flat(),
    ...open.flat(),
  ]
}

async function lookAtEnvironment(config: Config, environment: EnvironmentConfig): Promise<readonly Finding[]> {
  const {name, runtime} = environment
  const places = placesOf(config)
  const place = {system: config.system, environment: name, file: config.file, clock, env: process.env}
  const balancer = lookAtBalancer(environment, {...place, folder: places.balancer(name)})
  const opened = await openRuntime(runtime, {...place, folder: places.runtime(name)})
  const area = `${name}: runtime ${runtime.driver}`
  if (!opened.ok) return [badly(area, 'options', opened.failure), ...(await balancer)]
  const listed = await opened.value.list()
  if (!listed.ok) return [badly(area, 'instances', listed.failure), ...(await balancer)]
  const healthy = listed.value.filter(({health}) => health === 'healthy').length
  const text = `${counted(listed.value.length, 'instance')}, ${healthy} healthy`
  return [{area, what: 'instances', level: 'good', text}, ...(await balancer)]
}

/** Locks that somebody holds, and rollouts that nobody has finished. */
async function leftOpen(state: State, environment: string): Promise<readonly Finding[]> {
  const area = `${environment}: rollouts`
  const [leases, rollouts] = [await state.leases(environment), await openIn(state, environment)]
  if (!leases.ok) return [badly(area, 'locks', leases.failure)]
  if (!rollouts.ok) return [badly(area, 'rollouts', rollouts.failure)]
  const held = leases.value.map(({owner, fence, expiresAt}): Finding => {
    const isOver = expiresAt < clock.now()
    const who = `${owner.name} on ${owner.host} (pid ${owner.pid})`
    const text = `${who}, ${isOver ? 'expired' : 'until'} ${new Date(expiresAt).toISOString()}`
    return {area, what: `lock ${fence}`, level: 'note', text}
  })
  const open = rollouts.value.map(rollout => shown(rollout)).filter(({endedAt}) => endedAt === null)
  const left = open.map(({id, state: at, steps}): Finding => {
    const under = steps.filter(step => step.state === 'running').map(step => step.id)
    const text = `${at}${under.length > 0 ? `, in the middle of ${under.join(', ')}` : ''}`
    const isCarried = at === 'running' && leases.value.some(({expiresAt}) => expiresAt >= clock.now())
    const todo = isCarried ? `sluice rollout watch ${id}` : `sluice rollout resume ${id}`
    return {area, what: id, level: 'note', text, todo}
  })
  return [...held, ...left]
}
