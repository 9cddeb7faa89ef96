import {appendFile} from 'node:fs/promises'
import * as core from '@actions/core'
import {loadConfig} from '../app/config.ts'
import {Bug} from '../core/base/bug.ts'
import {EXIT_OF_FAILURE, type Failure, failure} from '../core/base/failure.ts'
import {printable} from '../core/base/printable.ts'
import {secretsIn} from '../core/base/redact.ts'
import {fail, type Result} from '../core/base/result.ts'
import {failureMarkdown} from '../report/failure-markdown.ts'
import {cut} from '../report/text/fitted.ts'
import {applyAct} from './commands/apply.ts'
import {checkAct} from './commands/check.ts'
import {matrixAct, matrixPlanAct, matrixShowAct} from './commands/matrix.ts'
import {planAct} from './commands/plan.ts'
import {usageAct} from './commands/usage.ts'
import {comment, COMMENT_BYTES, markerOf} from './comment.ts'
import type {ActionCommand} from './definition.ts'
import {type Origin, originOf} from './event.ts'
import {type Inputs, readInputs} from './inputs.ts'
import type {Act, Ending} from './job.ts'
import {annotate, group, type Places, placesIn} from './runner.ts'

const ACTS: Readonly<Record<ActionCommand, Act>> = {
  plan: planAct,
  check: checkAct,
  apply: applyAct,
  matrix: matrixAct,
  'matrix plan': matrixPlanAct,
  'matrix show': matrixShowAct,
  usage: usageAct,
}

/** Those that run what a repository brings: its tests, its programs, its checks. */
const RUNNING: readonly ActionCommand[] = ['apply', 'matrix']

/** GitHub takes 1 MiB a step; other steps of ours do not share it, but a little is left. */
const SUMMARY_BYTES = 1_000_000

const WAITING = EXIT_OF_FAILURE.waiting

/** One run of the Action: inputs in, outputs, annotations, summary and comment out. Answers the exit code. */
export async function runAction(env: NodeJS.ProcessEnv, workspace: string): Promise<0 | 1> {
  for (const secret of secretsIn(variables(env))) core.setSecret(secret)
  const inputs = readInputs(name => core.getInput(name))
  const origin = await originOf(env)
  const places = placesIn(workspace, inputs.ok ? inputs.value.config : undefined)
  const ended = inputs.ok ? await attempt(inputs.value, origin, places) : inputs
  const ending = ended.ok ? ended.value : endingOf(ended.failure, places)
  const outputs = {...ending.outputs, 'exit-code': ending.exit}
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
  await summarise(env, ending)
  if (inputs.ok) await commentOn(inputs.value, origin, env, ending)
  return conclude(ending, !ended.ok)
}

/** The variables that there are. */
function variables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

async function attempt(inputs: Inputs, origin: Origin, places: Places): Promise<Result<Ending>> {
  const {command, environment} = inputs
  if (RUNNING.includes(command) && origin.pullRequest?.isFork) return fail(strangers(command))
  const where = {cwd: places.workspace, config: inputs.config, env: environment}
  await maskState(where)
  try {
    return await ACTS[command]({
      inputs,
      where,
      run: origin.run,
      group,
      warn: problems => annotate(problems, 'warning', places),
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const said = error instanceof Bug ? message : `unexpected: ${message} (this is a bug in sluice: please report it)`
    return fail(failure('bug', {message: said}))
  }
}

function strangers(command: ActionCommand): Failure {
  return failure('usage', {
    message: `${command} runs what the repository brings, and this pull request comes from a fork`,
    hint: 'plan and check run nothing of it; apply after the merge',
  })
}

/** The password of the database, where the file names one. */
async function maskState(where: {readonly cwd: string; readonly config: string | undefined}): Promise<void> {
  const loaded = await loadConfig(where)
  const state = loaded.ok ? loaded.value.config.state : undefined
  const [, password] = /:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(state ?? '') ?? []
  if (password !== undefined) core.setSecret(password)
}

function endingOf(met: Failure, places: Places): Ending {
  annotate(met.problems ?? [], 'error', places)
  const exit = EXIT_OF_FAILURE[met.code]
  const hint = met.hint === undefined ? '' : ` (${met.hint})`
  return {
    exit,
    said: `${met.message}${hint}; sluice explain ${met.code}`,
    outputs: {state: exit === WAITING ? 'waiting' : 'failed'},
    markdown: most => cut(failureMarkdown(met), most),
  }
}

async function summarise({GITHUB_STEP_SUMMARY: file}: NodeJS.ProcessEnv, {markdown}: Ending): Promise<void> {
  if (file) await appendFile(file, `${markdown(SUMMARY_BYTES)}\n`)
}

/** Only the commands that answer a question comment; a comment that cannot be written stops nothing. */
async function commentOn(inputs: Inputs, {pullRequest, repository}: Origin, env: NodeJS.ProcessEnv, ending: Ending) {
  const {command, token, environment = ''} = inputs
  if (!inputs.comment || token === undefined || !pullRequest || !['plan', 'check'].includes(command)) return
  const api = env['GITHUB_API_URL'] ?? 'https://api.github.com'
  const marker = markerOf(`${command} ${environment}`.trim())
  const room = COMMENT_BYTES - marker.length - 1
  const place = {api, token, repository, number: pullRequest.number}
  const refused = await comment(place, marker, ending.markdown(room))
  if (refused !== undefined) core.notice(printable(`no comment was written: ${refused}. It is in the job summary.`))
}

/** Waiting for a gate is neither good nor bad: green, with a notice that says how to go on. */
function conclude({exit, said}: Ending, isFailure: boolean): 0 | 1 {
  const text = printable(said)
  if (exit === 0) core.info(text)
  else if (exit === WAITING) core.notice(text, {title: 'sluice is waiting'})
  else core.error(text, {title: isFailure ? 'sluice' : 'sluice says no'})
  return exit === 0 || exit === WAITING ? 0 : 1
}
