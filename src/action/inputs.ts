import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Wanted} from '../core/config/config.ts'
import {type CellName, CELLS} from '../core/matrix/cell.ts'
import {ACTION_COMMANDS, type ActionCommand, INPUTS, type InputName} from './definition.ts'
import {type Move, type Reader, readerOf} from './reader.ts'

/** Every input, as what it means. */
export interface Inputs {
  readonly command: ActionCommand
  readonly config: string | undefined
  readonly environment: string | undefined
  readonly to: ReadonlyMap<string, Wanted>
  readonly from: ReadonlyMap<string, Wanted>
  readonly releases: readonly Move[]
  readonly planFile: string | undefined
  readonly page: string | undefined
  readonly comment: boolean
  readonly token: string | undefined
  readonly rollout: string | undefined
  readonly reason: string | undefined
  readonly wait: boolean
  readonly waive: readonly string[]
  readonly lockWaitMs: number
  readonly allowLocalState: boolean
  readonly services: readonly string[]
  readonly cells: readonly CellName[]
  readonly timeoutMs: number
  readonly reportFile: string
  readonly reports: readonly string[]
  readonly logs: readonly string[]
  readonly sinceMs: number | undefined
  readonly contract: string | undefined
}

const TIMEOUT_MS = 15 * 60_000

/** Reads and checks every input; what is wrong is told together. */
export function readInputs(given: (name: InputName) => string): Result<Inputs> {
  const reader = readerOf(given)
  const [command = 'plan'] = reader.words('command', ACTION_COMMANDS)
  const inputs = {command, ...movesIn(reader, command), ...carryingIn(reader), ...othersIn(reader)}
  if (reader.wrong.length === 0) return ok(inputs)
  const hint = `the inputs are ${Object.keys(INPUTS).join(', ')}`
  return fail(failure('usage', {message: `wrong inputs: ${reader.wrong.join('; ')}`, hint}))
}

function movesIn(reader: Reader, command: ActionCommand) {
  const releases = reader.moves('releases', '@')
  if (command === 'check' && reader.lines('releases').length === 0)
    reader.refuse('releases', '', 'names no release, and check needs SERVICE@VERSION')
  return {
    config: reader.text('config'),
    environment: reader.text('environment'),
    to: movesOf(reader.moves('to', '=')),
    from: movesOf(reader.moves('from', '=')),
    releases,
    planFile: reader.text('plan-file'),
    page: reader.text('page'),
    comment: reader.yes('comment'),
    token: reader.text('token'),
  }
}

function carryingIn(reader: Reader) {
  return {
    rollout: reader.text('rollout'),
    reason: reader.text('reason'),
    wait: reader.yes('wait'),
    waive: reader.lines('waive'),
    lockWaitMs: reader.durationMs('lock-wait') ?? 0,
    allowLocalState: reader.yes('allow-local-state'),
  }
}

function othersIn(reader: Reader) {
  const cells = reader.words('cells', CELLS)
  return {
    services: reader.lines('services'),
    cells: cells.length > 0 ? cells : CELLS,
    timeoutMs: reader.durationMs('timeout') ?? TIMEOUT_MS,
    reportFile: reader.text('report-file') ?? 'sluice-matrix.json',
    reports: reader.lines('reports'),
    logs: reader.lines('logs'),
    sinceMs: reader.durationMs('since'),
    contract: reader.text('contract'),
  }
}

function movesOf(moves: readonly Move[]): ReadonlyMap<string, Wanted> {
  return new Map(moves.map(({service, wanted}) => [service, wanted]))
}
