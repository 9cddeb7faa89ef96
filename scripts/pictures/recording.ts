import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'

/** A line of a terminal, and when it came. */
export interface Line {
  readonly atMs: number
  /** With the colours that it came in. */
  readonly text: string
}

/** Runs Node with these arguments to its end, and answers what it said, line by line. */
export async function recorded(args: readonly string[], cwd: string): Promise<readonly Line[]> {
  const env = {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', FORCE_COLOR: '1', COLUMNS: '100'}
  const child = spawn(process.execPath, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']})
  const begun = performance.now()
  const lines: Line[] = []
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr])
    createInterface({input: stream}).on('line', text => lines.push({atMs: performance.now() - begun, text}))
  const [code] = (await closed) as [number | null]
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return lines
}
