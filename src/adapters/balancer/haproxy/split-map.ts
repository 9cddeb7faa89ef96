import {failure, type Failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import {readIfThere, replaceFile} from '../../files.ts'
import {complaintIn} from './answers.ts'
import {ask, type Endpoint} from './socket.ts'

/** All of a service's traffic, as maps count it: a share of 0.01 % is one part. */
export const WHOLE = 10_000

/**
 * The map that says how many parts in {@link WHOLE} of each service go to side `b`. HAProxy reads its file at every
 * start and reload, and is told of a change as it runs, so both always say the same.
 */
export interface SplitMap {
  /** All that the running HAProxy has. */
  all(): Promise<Result<ReadonlyMap<string, string>>>
  /** What the running HAProxy has; 0 where it has no line for this back end, as the front end takes it. */
  read(backend: string): Promise<Result<number>>
  /** In the file first: a reload at any instant finds the old number or the new one. */
  write(backend: string, parts: number): Promise<Result<void>>
}

/** @param path as HAProxy's configuration spells it, since that is the map's name there too */
export function splitMap(endpoint: Endpoint, path: string): SplitMap {
  const entries = async (): Promise<Result<ReadonlyMap<string, string>>> => {
    const answer = await ask(endpoint, ['set severity-output number', `show map ${path}`])
    if (!answer.ok) return answer
    const complaint = complaintIn(answer.value)
    return complaint === undefined ? ok(entriesIn(answer.value)) : fail(noMap(path, complaint))
  }

  const read = async (backend: string): Promise<Result<number>> => {
    const found = await entries()
    return found.ok ? ok(Number(found.value.get(backend) ?? 0)) : found
  }

  const write = async (backend: string, parts: number): Promise<Result<void>> => {
    const found = await entries()
    if (!found.ok) return found
    const kept = await keep(path, backend, parts)
    if (!kept.ok) return kept
    const verb = found.value.has(backend) ? 'set' : 'add'
    const told = await ask(endpoint, [`${verb} map ${path} ${backend} ${parts}`])
    if (!told.ok) return told
    const now = await read(backend)
    if (!now.ok || now.value === parts) return now.ok ? ok(undefined) : now
    return fail(
      failure('balancer-failed', {message: `map ${path} says ${now.value} of ${backend}, not ${parts} as told`}),
    )
  }

  return {all: entries, read, write}
}

/** Lines of `show map`: an address in memory, the key, the value. */
function entriesIn(answer: string): ReadonlyMap<string, string> {
  const lines = answer.split('\n').map(line => /^0x[0-9a-f]+ (\S+) (\S+)/.exec(line))
  return new Map(lines.flatMap(match => (match ? [[match[1] ?? '', match[2] ?? ''] as const] : [])))
}

async function keep(path: string, backend: string, parts: number): Promise<Result<void>> {
  try {
    await replaceFile(path, withEntry((await readIfThere(path)) ?? '', backend, parts), 0o644)
    return ok(undefined)
  } catch (error) {
    return fail(
      failure('balancer-failed', {
        message: `the map ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'a reload of HAProxy would forget the share: let sluice write that file and in its folder',
      }),
    )
  }
}

/** The same file with one line for this back end; what others wrote there stays. */
export function withEntry(text: string, backend: string, parts: number): string {
  const others = text.split('\n').filter(line => line.trim() !== '' && line.trim().split(/\s+/)[0] !== backend)
  return `${[...others, `${backend} ${parts}`].join('\n')}\n`
}

function noMap(path: string, complaint: string): Failure {
  return failure('driver-unable', {
    message: `HAProxy has no map ${path}: ${complaint}`,
    hint: 'name the file as the front end does in map_str_int(...); templates/haproxy/map.cfg has such a front end',
  })
}
