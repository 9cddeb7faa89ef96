import type {IncomingMessage} from 'node:http'

/** WebSockets only: any other protocol would carry requests past everything that is counted and checked here. */
export function mayTunnel(request: IncomingMessage): boolean {
  const {upgrade, 'content-length': length, 'transfer-encoding': coding} = request.headers
  return (
    upgrade?.toLowerCase() === 'websocket' && request.method === 'GET' && length === undefined && coding === undefined
  )
}

/** The head of the request as it would be had nobody asked for another protocol. */
export function withoutUpgrade({method, url, httpVersion, rawHeaders: raw}: IncomingMessage): string {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let index = 0; index < raw.length; index += 2) {
    const [name, value] = [raw[index] ?? '', raw[index + 1] ?? '']
    const lower = name.toLowerCase()
    if (lower === 'upgrade' || lower === 'http2-settings') continue
    text += lower === 'connection' ? `Connection: ${withoutOptions(value)}\r\n` : `${name}: ${value}\r\n`
  }
  return `${text}\r\n`
}

function withoutOptions(connection: string): string {
  const options = connection.split(',').map(option => option.trim())
  return options.filter(option => !/^(?:upgrade|http2-settings)$/i.test(option)).join(', ')
}
