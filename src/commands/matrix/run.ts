import * as Flags from '@oclif/core/flags'
import {loadConfig} from '../../app/config.ts'
import {runMatrix} from '../../app/matrix.ts'
import {productionIn} from '../../app/production.ts'
import {parseDuration} from '../../core/base/units.ts'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {type CellName, CELLS} from '../../core/matrix/cell.ts'
import {matrixLine} from '../../report/matrix/lines.ts'
import {liveMatrix} from '../../report/matrix/live.ts'
import {SluiceCommand} from '../base.ts'
import {cellArgs, cellFlags} from '../shared/matrix-flags.ts'
import {documentOf, exitOf, type MatrixFormat, matrixFormats, rendered} from '../shared/matrix.ts'
import {stopSignal} from '../shared/stop.ts'
import {mayMove} from '../shared/terminal.ts'

export default class MatrixRun extends SluiceCommand {
  static override summary = 'Test services as {prod, master} x {pinned, latest} and say what it means.'
  static override examples = [
    '<%= config.bin %> matrix run',
    '<%= config.bin %> matrix run billing --cell prod+pinned --cell master+latest',
    '<%= config.bin %> matrix run billing --master v2.0.0 --cell master+pinned',
    '<%= config.bin %> matrix run --fail-fast --format junit',
    '<%= config.bin %> matrix run billing --json',
  ]
  static override strict = false
  static override args = cellArgs
  static override flags = {
    env: Flags.string({
      char: 'e',
      helpValue: 'NAME',
      description: 'The environment whose releases are "prod", for services that name no branch.',
    }),
    prod: Flags.string({
      helpValue: 'REF',
      description: 'Branch, tag or commit to test as prod, whatever the file says.',
    }),
    master: Flags.string({
      helpValue: 'REF',
      description: 'Branch, tag or commit to test as master, such as the tag of the release that is to go out.',
    }),
    ...cellFlags,
    'fail-fast': Flags.boolean({description: 'Begin no further cell once one is red.'}),
    cache: Flags.boolean({
      default: true,
      allowNo: true,
      description: 'Take answers, lookups and installed libraries of earlier runs.',
    }),
    scripts: Flags.boolean({default: true, allowNo: true, description: 'Let install scripts of npm packages run.'}),
    culprits: Flags.boolean({default: true, allowNo: true, description: 'Find the updates that break a latest cell.'}),
    probes: Flags.integer({default: 40, min: 1, description: 'Give a search for culprits up after so many tries.'}),
    latest: Flags.option({
      options: ['in-range', 'absolute'] as const,
      description: 'Newest that the ranges allow, or newest at all; overrides the file.',
    })(),
    timeout: Flags.string({default: '15m', helpValue: 'TIME', description: 'For each command of a cell.'}),
    jobs: Flags.integer({char: 'j', min: 1, description: 'Cells at once; as many as there are cores without it.'}),
    format: Flags.option({options: matrixFormats, default: 'table' as MatrixFormat, description: 'What to print.'})(),
  }

  async run() {
    const {flags, argv} = await this.parse(MatrixRun)
    const {config} = this.take(await loadConfig(this.where(flags)))
    const timeoutMs = this.take(durationOf(flags.timeout))
    const services = argv as string[]
    const production = this.take(await productionIn({...this.where(flags), env: flags.env}, services))
    const cells: readonly CellName[] = flags.cell ?? CELLS
    const stop = stopSignal()
    const watched = mayMove(process.stderr) && !this.jsonEnabled()
    const names =
      services.length > 0 ? services : [...config.services.values()].filter(one => one.repo).map(one => one.name)
    const live = watched ? await liveMatrix(names, cells, flags.culprits) : undefined
    const result = await runMatrix({
      config,
      services,
      production,
      refs: {
        ...(flags.prod !== undefined && {prod: flags.prod}),
        ...(flags.master !== undefined && {master: flags.master}),
      },
      cells,
      failFast: flags['fail-fast'],
      reuse: flags.cache,
      scripts: flags.scripts,
      timeoutMs,
      searchBudget: flags.culprits ? flags.probes : 0,
      env: process.env,
      signal: stop.signal,
      emit: live?.emit ?? (event => this.told(matrixLine(event))),
      ...(flags.jobs !== undefined && {jobs: flags.jobs}),
      ...(flags.latest !== undefined && {latest: flags.latest}),
    })
    await live?.end()
    const reports = this.take(result)
    this.print(rendered(reports, flags.format, this.look))
    const exit = exitOf(reports)
    return exit === 0 ? documentOf(reports) : this.end(exit, documentOf(reports))
  }

  private told(line: string | undefined): void {
    if (line !== undefined) this.remark(line)
  }
}

function durationOf(text: string): Result<number> {
  const duration = parseDuration(text)
  if (duration !== undefined && duration > 0) return ok(duration)
  return fail(failure('usage', {message: `--timeout ${text} is no duration`, hint: 'write 90s, 15m or 2h'}))
}
