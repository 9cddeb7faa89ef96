import type {HookConfig, ServiceConfig} from '../config/config.ts'
import {speechOf, statesOf} from '../graph/states.ts'
import type {ContractName, MaybeState, Service, ServiceName, System} from '../graph/system.ts'
import type {Step} from '../plan/plan.ts'
import type {HookId} from './record.ts'

/** A hook at its place in a step. */
export interface Hook extends HookConfig {
  readonly id: HookId
  /** Whose it is: the service that moves, or a client of it. */
  readonly of: ServiceName
}

/** The hooks of one step, in the order in which they are run. */
export interface StepHooks {
  readonly before: readonly Hook[]
  readonly after: readonly Hook[]
  /** When the step was taken back. */
  readonly back: readonly Hook[]
}

export const NO_HOOKS: StepHooks = {before: [], after: [], back: []}

/**
 * Migrations go with a release that is higher: `expand` adds what both releases can live with before the new one starts, and
 * `contract` takes away what only the old one needed, when nothing of it runs any more. On the way down neither is run.
 */
export function hooksOf(step: Step, services: ReadonlyMap<ServiceName, ServiceConfig>, system: System): StepHooks {
  const config = services.get(step.service)
  const own = (point: string): readonly Hook[] => hookOf(config, point, point)
  const isUp = step.action === 'deploy' && step.to !== null && !isDown(step, system)
  return {
    before: [...(isUp ? own('expand') : []), ...own('before')],
    after: [...(isUp ? own('contract') : []), ...own('after'), ...invalidations(step, services, system)],
    back: own('back'),
  }
}

function hookOf(config: ServiceConfig | undefined, name: string, id: HookId): readonly Hook[] {
  const hook = config?.hooks?.get(name)
  return config && hook ? [{...hook, id, of: config.name}] : []
}

/** Releases stand in ascending order. */
function isDown({service, from, to}: Step, {services}: System): boolean {
  const releases = services.get(service)?.releases ?? []
  const place = (state: MaybeState) => releases.findIndex(({version}) => version === state?.release)
  return place(to) < place(from)
}

/** Each client forgets its copies when what the server provides has changed under them. */
function invalidations(
  {service: name, from, to}: Step,
  services: ReadonlyMap<ServiceName, ServiceConfig>,
  system: System,
): readonly Hook[] {
  const invalidate = services.get(name)?.invalidate
  const service = system.services.get(name)
  if (invalidate === undefined || !service || !changes(service, from, to)) return []
  const clients = clientsOf(system, name).filter(client => client !== name)
  return clients.flatMap(client => hookOf(services.get(client), invalidate, `${invalidate} of ${client}`))
}

function changes(service: Service, from: MaybeState, to: MaybeState): boolean {
  return providedIn(service, from) !== providedIn(service, to)
}

function providedIn(service: Service, state: MaybeState): string {
  const provides = state === null ? [] : [...speechOf(service, state).provides]
  return provides
    .map(([contract, texts]) => `${contract} ${texts.join()}`)
    .sort()
    .join('\n')
}

/** Whoever consumes, in some state, a contract that the service provides in some state. */
export function clientsOf(system: System, server: ServiceName): readonly ServiceName[] {
  const service = system.services.get(server)
  const provided = new Set<ContractName>(service ? saidBy(service, 'provides') : [])
  return [...system.services.values()]
    .filter(client => saidBy(client, 'consumes').some(contract => provided.has(contract)))
    .map(client => client.name)
}

function saidBy(service: Service, what: 'provides' | 'consumes'): readonly ContractName[] {
  return statesOf(service).flatMap(state => [...speechOf(service, state)[what].keys()])
}
