import {readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {loadConfig} from '../../app/config.ts'
import {keepText} from '../../app/kept.ts'
import {githubMatrix, planMatrix} from '../../app/matrix-plan.ts'
import {mergedReports} from '../../app/matrix-show.ts'
import {runMatrix} from '../../app/matrix.ts'
import {documentOf, exitOf, rendered} from '../../commands/shared/matrix.ts'
import {ok, type Result} from '../../core/base/result.ts'
import type {MatrixReport} from '../../core/matrix/matrix-report.ts'
import {jsonText} from '../../report/json.ts'
import {matrixLine} from '../../report/matrix/lines.ts'
import {matrixMarkdown} from '../../report/matrix/markdown.ts'
import {cut} from '../../report/text/fitted.ts'
import {counted} from '../../report/text/count.ts'
import type {Act, Ending, Job} from '../job.ts'
import {LOG} from './shared.ts'

const PROBES = 40

/** Runs cells here; red where one is. */
export const matrixAct: Act = async job => {
  const loaded = await loadConfig(job.where)
  if (!loaded.ok) return loaded
  const {inputs} = job
  const reports = await job.group('Cells', async line =>
    runMatrix({
      config: loaded.value.config,
      services: inputs.services,
      cells: inputs.cells,
      failFast: false,
      reuse: true,
      scripts: true,
      timeoutMs: inputs.timeoutMs,
      searchBudget: PROBES,
      env: process.env,
      signal: new AbortController().signal,
      emit: event => {
        const said = matrixLine(event)
        if (said !== undefined) line(said)
      },
    }),
  )
  return reports.ok ? ended(job, reports.value) : reports
}

/** Says which cells there are, for a job that starts a runner for each. Runs nothing. */
export const matrixPlanAct: Act = async ({where, inputs}) => {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const planned = planMatrix(loaded.value.config, inputs.services, inputs.cells)
  if (!planned.ok) return planned
  const lines = planned.value.map(({service, cell}) => `- ${service} ${cell}`)
  return ok({
    exit: 0,
    said: counted(planned.value.length, 'cell'),
    outputs: {matrix: JSON.stringify(githubMatrix(planned.value)), state: 'planned'},
    markdown: most => cut(`## ${counted(lines.length, 'cell')}\n\n${lines.join('\n')}\n`, most),
  })
}

/** Puts the results of several runners together; red where a cell is. */
export const matrixShowAct: Act = async job => {
  const files = await Promise.all(job.inputs.reports.map(filesIn))
  const reports = await mergedReports(files.flat())
  return reports.ok ? ended(job, reports.value) : reports
}

/** A file itself, or every JSON file below a folder, as artifacts of several jobs are downloaded. */
async function filesIn(path: string): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return [path]
  const below = await readdir(path, {recursive: true})
  return below
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => join(path, name))
}

async function ended({inputs, group}: Job, reports: readonly MatrixReport[]): Promise<Result<Ending>> {
  const written = await keepText(inputs.reportFile, jsonText(documentOf(reports)))
  if (!written.ok) return written
  await group('Results', async line => line(rendered(reports, 'table', LOG)))
  const exit = exitOf(reports)
  return ok({
    exit,
    said: exit === 0 ? 'every cell that has an answer is green' : 'a cell is red',
    outputs: {state: exit === 0 ? 'passed' : 'red', 'report-file': inputs.reportFile},
    markdown: most => cut(matrixMarkdown(reports), most),
  })
}
