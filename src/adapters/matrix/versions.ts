import {execFile} from 'node:child_process'
import {access, constants, readFile, realpath} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {environmentsOf} from './environment.ts'
import type {Bench} from './bench.ts'

type Asked = Pick<Bench, 'cache' | 'env' | 'signal'>

/** What programs of this machine say of their versions, each asked once a run; undefined for one that is not there. */
export function versionsOf(bench: Asked): (command: readonly string[]) => Promise<string | undefined> {
  const answers = new Map<string, Promise<string | undefined>>()
  return command => {
    const key = command.join(' ')
    const answer = answers.get(key) ?? find(bench, command)
    answers.set(key, answer)
    return answer
  }
}

/** Starting npm only to be told its version costs as much as everything else of a run in which nothing changed. */
async function find(bench: Asked, command: readonly string[]): Promise<string | undefined> {
  const place = await onPath(command[0] ?? '', bench.env['PATH'] ?? '')
  return (place === undefined ? undefined : await written(command[0] ?? '', place)) ?? ask(bench, command)
}

async function onPath(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const place = join(folder, program)
    try {
      await access(place, constants.X_OK)
      return await realpath(place)
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** Our own Node, or a package of the program's name that the program lies in; undefined for anything else. */
async function written(program: string, place: string): Promise<string | undefined> {
  if (program === 'node') return place === (await realpath(process.execPath)) ? process.version : undefined
  try {
    const manifest = JSON.parse(await readFile(join(dirname(dirname(place)), 'package.json'), 'utf8')) as {
      readonly name?: string
      readonly version?: string
    }
    return manifest.name === program ? manifest.version : undefined
  } catch {
    return undefined
  }
}

async function ask(bench: Asked, [file = '', ...args]: readonly string[]): Promise<string | undefined> {
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
