/** Where an engine listens. `text` is how it was written. */
export type Address = {readonly text: string} & (
  | {readonly by: 'unix'; readonly path: string}
  | {readonly by: 'tcp'; readonly host: string; readonly port: number}
  /** By the user's own `ssh`, which knows their keys, hosts and jumps. */
  | {readonly by: 'ssh'; readonly destination: string; readonly host: string}
)

export const ADDRESS_FORM = 'an address, like unix:///var/run/docker.sock, tcp://10.0.0.5:2376 or ssh://deploy@10.0.0.5'

const TLS_PORT = 2376

/** Undefined where it is no address of an engine. */
export function addressOf(text: string): Address | undefined {
  if (text.startsWith('unix:///')) return {text, by: 'unix', path: text.slice('unix://'.length)}
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && byNetwork(text, url)
}

function byNetwork(text: string, url: URL): Address | undefined {
  if (url.hostname === '' || (url.pathname !== '' && url.pathname !== '/') || url.password !== '') return undefined
  if (url.protocol === 'tcp:') return {text, by: 'tcp', host: url.hostname, port: Number(url.port || TLS_PORT)}
  // What begins with a hyphen would be an option to ssh.
  if (url.protocol === 'ssh:' && !url.host.startsWith('-'))
    return {text, by: 'ssh', destination: text, host: url.hostname}
  return undefined
}

const LOOPBACK = '127.0.0.1'

/** Where ports are published unless the file says it: beside the engine, as it is reached itself. */
export function publishedAt(address: Address): string {
  return address.by === 'unix' ? LOOPBACK : address.host
}
