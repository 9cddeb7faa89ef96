import {open, rename, stat, truncate, writeFile} from 'node:fs/promises'
import {codeOf} from '../../files.ts'

/** The last lines of a log, for people. */
export async function lastLines(path: string, lines = 10): Promise<string> {
  const end = await endOf(path, 4096)
  return end.trimEnd().split('\n').slice(-lines).join('\n')
}

/**
 * Keeps a log from growing without bound: past the limit its second half moves to `<log>.old`. The instance goes on
 * writing to the same file, since it was opened for appending; a line written while this happens may be lost.
 */
export async function boundLog(path: string, limitBytes: number): Promise<void> {
  if ((await sizeOf(path)) <= limitBytes) return
  const end = await endOf(path, Math.floor(limitBytes / 2))
  await writeFile(`${path}.old.part`, end)
  await rename(`${path}.old.part`, `${path}.old`)
  await truncate(path, 0)
}

async function endOf(path: string, bytes: number): Promise<string> {
  const size = await sizeOf(path)
  if (size === 0) return ''
  const file = await open(path, 'r')
  try {
    const length = Math.min(bytes, size)
    const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}
