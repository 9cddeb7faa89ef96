import {readFile} from 'node:fs/promises'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import type {MatrixReport} from '../core/matrix/matrix-report.ts'
import {merged} from '../core/matrix/report.ts'
import {keepReport, keptReports} from './matrix-history.ts'
import {matrixServices} from './matrix.ts'

/** The last report of each service, or all of them. A service that was never run has none. */
export async function shownReports(
  config: Config,
  services: readonly string[],
  history: boolean,
): Promise<Result<readonly MatrixReport[]>> {
  const chosen = matrixServices(config, services)
  if (!chosen.ok) return chosen
  const kept = await Promise.all(chosen.value.map(({name}) => keptReports(config.file, name)))
  const reports = kept.flatMap(own => (history ? own : own.slice(0, 1)))
  if (reports.length > 0) return ok(reports)
  return fail(failure('not-found', {message: 'no matrix was run yet', hint: 'run one with "sluice matrix run"'}))
}

/** Reports that `matrix run --json` wrote on several machines, as one a service. */
export async function mergedReports(files: readonly string[]): Promise<Result<readonly MatrixReport[]>> {
  const read: MatrixReport[] = []
  for (const file of files) {
    const reports = await reportsIn(file)
    if (!reports.ok) return reports
    read.push(...reports.value)
  }
  return ok(merged(read))
}

/** Adds reports from elsewhere to the history of services that the file knows. */
export async function keepReports(config: Config, reports: readonly MatrixReport[]): Promise<Result<void>> {
  const chosen = matrixServices(config, [...new Set(reports.map(({service}) => service))])
  if (!chosen.ok) return chosen
  for (const report of reports) await keepReport(config.file, report)
  return ok(undefined)
}

async function reportsIn(file: string): Promise<Result<readonly MatrixReport[]>> {
  const hint = 'name files that "sluice matrix run --json" wrote'
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'))
    const reports = Array.isArray(parsed) ? parsed : [parsed]
    if (reports.every(isReport)) return ok(reports)
    return fail(failure('usage', {message: `${file} is no matrix report`, hint}))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return fail(failure('usage', {message: `${file} cannot be read: ${why}`, hint}))
  }
}

function isReport(value: unknown): value is MatrixReport {
  return (
    typeof value === 'object' && value !== null && 'service' in value && 'cells' in value && Array.isArray(value.cells)
  )
}
