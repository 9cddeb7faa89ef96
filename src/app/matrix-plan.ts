import {ok, type Result} from '../core/base/result.ts'
import type {Config} from '../core/config/config.ts'
import type {CellName} from '../core/matrix/cell.ts'
import {matrixServices} from './matrix.ts'

/** One cell that a runner somewhere could take on. */
export interface PlannedCell {
  readonly service: string
  readonly cell: CellName
}

/** The cells of services, one after the other. */
export function planMatrix(
  config: Config,
  services: readonly string[],
  cells: readonly CellName[],
): Result<readonly PlannedCell[]> {
  const chosen = matrixServices(config, services)
  if (!chosen.ok) return chosen
  return ok(chosen.value.flatMap(({name}) => cells.map(cell => ({service: name, cell}))))
}

/** What GitHub Actions takes as `strategy.matrix`, through fromJSON. */
export function githubMatrix(planned: readonly PlannedCell[]): {readonly include: readonly PlannedCell[]} {
  return {include: planned}
}
