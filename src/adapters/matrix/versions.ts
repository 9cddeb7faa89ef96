import {execFile} from 'node:child_process'
import {tmpdir} from 'node:os'
import {promisify} from 'node:util'
import {environmentsOf} from './environment.ts'
import type {Workbench} from './workbench.ts'

const known = new WeakMap<Workbench, Map<string, Promise<string | undefined>>>()

/** What a program says of its version, asked once a run; undefined where it is not there. */
export function versionOf(bench: Workbench, command: readonly string[]): Promise<string | undefined> {
  const answers = known.get(bench) ?? new Map<string, Promise<string | undefined>>()
  known.set(bench, answers)
  const key = command.join(' ')
  const answer = answers.get(key) ?? ask(bench, command)
  answers.set(key, answer)
  return answer
}

/** The Node that cells will find, which need not be the one that runs us. */
export async function nodeVersion(bench: Workbench): Promise<string | undefined> {
  return (await versionOf(bench, ['node', '--version']))?.replace(/^v/, '')
}

async function ask(bench: Workbench, [file = '', ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const env = {...environmentsOf(bench.env, tmpdir()).fetch, TMPDIR: tmpdir()}
    const {stdout} = await promisify(execFile)(file, args, {
      env,
      cwd: bench.cache,
      timeout: 30_000,
      signal: bench.signal,
    })
    return stdout.trim().split('\n')[0]
  } catch {
    return undefined
  }
}
