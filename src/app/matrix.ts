import {availableParallelism, homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {clock} from '../adapters/clock.ts'
import {addressOf} from '../adapters/git/address.ts'
import type {Latest} from '../adapters/matrix/ecosystem.ts'
import {openWorkbench} from '../adapters/matrix/workbench.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import type {Config, MatrixConfig, ServiceConfig} from '../core/config/config.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {CellName} from '../core/matrix/cell.ts'
import type {MatrixReport} from '../core/matrix/matrix-report.ts'
import type {MatrixEmit} from '../core/matrix/progress.ts'
import {keepReport} from './matrix-history.ts'
import type {MatrixRun, ServiceAsked} from './matrix-asked.ts'
import {inOrder, runService} from './matrix-service.ts'

/** What `matrix run` is asked. */
export interface MatrixAsked {
  readonly config: Config
  /** Empty: every service that has a repository. */
  readonly services: readonly string[]
  readonly cells: readonly CellName[]
  readonly failFast: boolean
  /** Take answers, resolutions and installed libraries of earlier runs? */
  readonly reuse: boolean
  /** May install scripts of libraries run? */
  readonly scripts: boolean
  readonly timeoutMs: DurationMs
  readonly jobs?: number
  /** Overrides `matrix.latest` of the file. */
  readonly latest?: Latest
  /** How many probes a search for culprits may take; 0: none is made. */
  readonly searchBudget: number
  /** Branch, tag or commit to test instead of what the file names. */
  readonly refs?: {readonly prod?: string; readonly master?: string}
  /** What of a service is in production, where the file names no branch. */
  readonly production?: ReadonlyMap<ServiceName, string>
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly emit: MatrixEmit
}

/** Runs the cells of services, keeps what came of them, and answers it. */
export async function runMatrix(asked: MatrixAsked): Promise<Result<readonly MatrixReport[]>> {
  const chosen = matrixServices(asked.config, asked.services)
  if (!chosen.ok) return chosen
  const services = allOk(chosen.value.map(service => serviceAsked(asked, service)))
  if (!services.ok) return services
  const {default: pLimit} = await import('p-limit')
  const bench = await openWorkbench({...asked, cache: cacheFolder(asked.env), asOf: clock.now()})
  const jobs = asked.jobs ?? availableParallelism()
  const [limit, ahead] = [pLimit(jobs), pLimit(jobs + Math.ceil(jobs / 2))]
  const run: MatrixRun = {bench, limit, ahead, failFast: asked.failFast, emit: asked.emit, red: {seen: false}}
  const reports = await Promise.all(services.value.map(service => runService(run, service)))
  for (const report of reports) await keepReport(asked.config.file, report)
  return ok(reports)
}

/** The services that have cells: those named, or all that have a repository. */
export function matrixServices(config: Config, names: readonly string[]): Result<readonly ServiceConfig[]> {
  const unknown = names.find(name => !config.services.has(name))
  if (unknown !== undefined) {
    const known = [...config.services.keys()].join(', ')
    return fail(failure('not-found', {message: `there is no service ${unknown}`, hint: `the file has ${known}`}))
  }
  const all = [...config.services.values()].filter(service => names.length === 0 || names.includes(service.name))
  const able = all.filter(service => service.repo !== undefined)
  const without = all.find(service => service.repo === undefined && (names.length > 0 || able.length === 0))
  if (without) {
    return fail(failure('usage', {message: `${without.name} has no repo to test`, hint: 'set `repo` of the service'}))
  }
  return ok(able)
}

function serviceAsked(asked: MatrixAsked, {name, repo = '', matrix = {}}: ServiceConfig): Result<ServiceAsked> {
  const address = addressOf(repo, dirname(asked.config.file))
  if (!address.ok) return address
  const {pinned, test, container} = matrix
  const latest = latestOf(matrix)
  return ok({
    service: name,
    repo: address.value.is === 'folder' ? address.value.path : address.value.url,
    prod: asked.refs?.prod ?? matrix.prod ?? asked.production?.get(name),
    master: asked.refs?.master ?? matrix.master,
    commands: {...(pinned && {pinned}), ...(latest.command && {latest: latest.command}), ...(test && {test})},
    latest: asked.latest ?? latest.meaning,
    ...(container && {container}),
    cells: inOrder(asked.cells),
    searchBudget: asked.searchBudget,
  })
}

function allOk<T>(results: readonly Result<T>[]): Result<readonly T[]> {
  const values: T[] = []
  for (const result of results) {
    if (!result.ok) return result
    values.push(result.value)
  }
  return ok(values)
}

/** `latest` names one of two meanings, or a command of the user's own. */
function latestOf({latest}: MatrixConfig): {readonly meaning: Latest; readonly command?: readonly string[]} {
  const word = latest?.length === 1 ? latest[0] : undefined
  if (word === 'in-range' || word === 'absolute') return {meaning: word}
  return latest ? {meaning: 'in-range', command: latest} : {meaning: 'in-range'}
}

/** Where clones, installed libraries and answers are kept; all of it may be deleted. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env['SLUICE_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice', 'matrix')
}
