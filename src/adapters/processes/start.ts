import {type ChildProcess, spawn, type StdioOptions} from 'node:child_process'
import {stat} from 'node:fs/promises'
import {failure, type FailureCode} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {codeOf} from '../files.ts'

/** A program to start, in a process group of its own. */
export interface Program {
  /** Program and arguments; never a shell line. */
  readonly command: readonly string[]
  readonly folder: string
  /** All of its environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>
  readonly stdio: StdioOptions
  /** What a failure to start counts as. */
  readonly code: FailureCode
  /** Told at once, before anything else can happen, that there is a process. */
  readonly started?: (child: ChildProcess & {readonly pid: number}) => void
}

/**
 * Plain `spawn`, not execa: loading execa costs 110 ms here where node:child_process costs 3, and of what it adds
 * nothing is wanted for a child that outlives us.
 */
export async function startProgram(program: Program): Promise<Result<ChildProcess & {readonly pid: number}>> {
  const [file, ...args] = program.command
  if (!file) return fail(failure(program.code, {message: 'there is no command to run', hint: 'set `command`'}))
  if (!(await isFolder(program.folder))) return fail(noFolder(program))
  const child = spawn(file, args, {cwd: program.folder, env: program.env, stdio: program.stdio, detached: true})
  if (hasPid(child)) {
    program.started?.(child)
    child.on('error', () => {})
    return ok(child)
  }
  const why = await new Promise<unknown>(resolve => child.once('error', resolve))
  return fail(notStarted(program, file, why))
}

/** Without a number there is no process, and an `error` follows. */
function hasPid(child: ChildProcess): child is ChildProcess & {readonly pid: number} {
  return child.pid !== undefined
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

function noFolder({folder, code}: Program) {
  return failure(code, {
    message: `there is no folder ${folder}`,
    hint: 'is `run.cwd` right, and does this release have that folder?',
  })
}

function notStarted({code, folder, env}: Program, file: string, why: unknown) {
  if (codeOf(why) === 'ENOENT') {
    const hint = file.includes('/') ? `looked in ${folder}` : `looked in PATH: ${env['PATH'] ?? '(not set)'}`
    return failure(code, {message: `program not found: ${file}`, hint})
  }
  if (codeOf(why) === 'EACCES') {
    return failure(code, {message: `not allowed to run ${file}`, hint: 'is the file executable (chmod +x)?'})
  }
  return failure(code, {message: `cannot start ${file}: ${why instanceof Error ? why.message : String(why)}`})
}
