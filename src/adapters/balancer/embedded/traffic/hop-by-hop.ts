/**
 * Headers that are between two neighbours only (RFC 9110, 7.6.1). `Trailer` is not among them: trailers are handed on,
 * and so is what announces them.
 */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])

/** What a sender may not have taken out by listing it: who asks for what, and where the message ends. */
const PROTECTED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
  'date',
  'location',
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

/** @param name in lower case */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name)
}

/** The further headers that a `Connection` header declares to be for this connection; undefined where there are none. */
export function listedByConnection(connection: string): ReadonlySet<string> | undefined {
  if (connection === '' || connection === 'keep-alive' || connection === 'close') return undefined
  const names = connection.toLowerCase().split(',')
  return new Set(names.map(name => name.trim()).filter(name => !PROTECTED.has(name)))
}
