import {settle} from './ending.ts'

/**
 * Output may go to a disk that is full. What is under way goes on then, since no rollout stops halfway for want of a log;
 * but a command whose answer was cut off says so at its end, and does not end as if all were well. Whoever closes a pipe
 * just does not read on.
 */
export function outliveOutput(json: boolean): void {
  let unwritten: Error | undefined
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error
  })
  // There is nobody left to tell.
  process.stderr.on('error', () => {})
  process.on('uncaughtException', error => {
    // Oclif throws what it hears of standard output.
    if (error === unwritten) return
    process.exitCode = settle(error, json).oclif.exit ?? 1
    process.exit()
  })
  process.once('exit', () => {
    if (unwritten === undefined) return
    process.stderr.write(`error: standard output cannot be written: ${unwritten.message}\n`)
    process.exitCode ||= 1
  })
}
