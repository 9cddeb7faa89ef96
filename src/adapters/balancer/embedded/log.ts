import {appendFileSync, renameSync, statSync} from 'node:fs'
import {join} from 'node:path'

const MAX_BYTES = 1_000_000

/** Where the process says what happened to it; nobody reads its output. */
export function logFile(folder: string): string {
  return join(folder, 'balancer.log')
}

/** Writes lines with their time. The file is put aside once when it is full, so that the two never hold more than twice the limit. */
export function createLog(folder: string): (line: string) => void {
  const file = logFile(folder)
  let bytes = sizeOf(file)
  return line => {
    const text = `${new Date().toISOString()} ${process.pid} ${line.replaceAll('\n', '\n  ')}\n`
    try {
      if (bytes + text.length > MAX_BYTES) {
        renameSync(file, `${file}.1`)
        bytes = 0
      }
      appendFileSync(file, text, {mode: 0o600})
      bytes += text.length
    } catch {
      // A full disk must not stop the traffic.
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, {throwIfNoEntry: false})?.size ?? 0
}
