import {readFile} from 'node:fs/promises'

/** The pull request that started a run. */
export interface PullRequest {
  readonly number: number
  /** Its code comes from another repository, and so from anybody. */
  readonly isFork: boolean
}

/** Where a run comes from, as the runner says it in `GITHUB_*`. */
export interface Origin {
  /** `owner/name`. */
  readonly repository: string
  /** Workflow, run and who started it: a reason for the record. */
  readonly run: string
  readonly pullRequest: PullRequest | undefined
}

export async function originOf(env: NodeJS.ProcessEnv): Promise<Origin> {
  const of = (name: string) => env[`GITHUB_${name}`] ?? ''
  return {
    repository: of('REPOSITORY'),
    run: `${of('WORKFLOW')} #${of('RUN_NUMBER')} by ${of('ACTOR')}: ${of('SERVER_URL')}/${of('REPOSITORY')}/actions/runs/${of('RUN_ID')}`,
    pullRequest: pullRequestIn(await eventIn(of('EVENT_PATH'))),
  }
}

async function eventIn(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

function pullRequestIn(event: unknown): PullRequest | undefined {
  const found = at(event, 'pull_request')
  const number = at(found, 'number')
  if (typeof number !== 'number') return undefined
  const [head, base] = ['head', 'base'].map(side => at(at(at(found, side), 'repo'), 'full_name'))
  return {number, isFork: head !== base}
}

/** One key of something that may not be an object. */
function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined
}
