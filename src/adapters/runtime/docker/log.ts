import type {Container} from 'dockerode'

const LINES = 10

/** The last lines that a container wrote, for people. */
export async function lastLines(container: Container): Promise<string> {
  const log = await container.logs({stdout: true, stderr: true, tail: LINES, follow: false})
  return textOf(Buffer.from(log)).trimEnd()
}

const HEAD_BYTES = 8
const LENGTH_AT = 4

/** Docker sends both outputs in pieces, each with a head of 8 bytes: which output, and how long. */
export function textOf(log: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 0; at + HEAD_BYTES <= log.length; ) {
    const end = at + HEAD_BYTES + log.readUInt32BE(at + LENGTH_AT)
    pieces.push(log.subarray(at + HEAD_BYTES, end))
    at = end
  }
  return Buffer.concat(pieces).toString('utf8')
}
