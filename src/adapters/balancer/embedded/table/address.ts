/** Where something listens, taken apart. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, with IPv6 in brackets; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  return host !== undefined && port >= 1 && port <= 65_535 ? {host, port} : undefined
}
