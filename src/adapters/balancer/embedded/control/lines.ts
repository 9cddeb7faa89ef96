import type {Socket} from 'node:net'

/** Longer than any table that makes sense. */
const MAX_LINE_CHARS = 4_000_000

/** Calls `take` with each line that comes in; a line without end closes the connection. */
export function onLines(socket: Socket, take: (line: string) => void): void {
  let partial = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (partial + text).split('\n')
    partial = lines.pop() ?? ''
    for (const line of lines) take(line)
    if (partial.length > MAX_LINE_CHARS) socket.destroy()
  })
}
