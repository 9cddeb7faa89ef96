/**
 * The path of a request as the server behind the balancer may see it. Access logs hold what the client sent, and
 * `//api/v1`, `/api/%76%31` and `/api/v2/../v1` all reach version 1. Servers differ on three questions: does an encoded
 * slash part two segments, are empty segments dropped before or after `..` is resolved, and is what follows a `;` a part
 * of the segment or, as in Java, a parameter that is taken off first? Where that matters, every reading is given, and the
 * reader must not pick one.
 */
export function pathReadings(target: string): readonly string[] {
  const path = pathOf(target)
  if (isPlain(path)) return [path]
  const texts = new Set([path, withoutParameters(path)].flatMap(text => [decode(text, false), decode(text, true)]))
  return [...new Set([...texts].flatMap(text => [resolve(text, true), resolve(text, false)]))]
}

/** The part of a request target before `?`, without the scheme and host of the absolute form that HTTP/2 logs show. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  const path = end < 0 ? target : target.slice(0, end)
  if (path.startsWith('/')) return path
  const host = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(path)
  return host ? path.slice(host[0].length) || '/' : path
}

/** Nothing in it that a server could read in another way. */
export function isPlain(path: string): boolean {
  return path.startsWith('/') && !/[%\\;]|\/\/|\/\./.test(path)
}

/** `/api;v=2/v1;x` -> `/api/v1`. */
function withoutParameters(path: string): string {
  return path.replaceAll(/;[^/]*/g, '')
}

const SLASHES = new Set(['/', '\\'])

/** Percent signs are decoded once, as servers do; encoded slashes only where asked for. */
function decode(path: string, slashes: boolean): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return SLASHES.has(char) && !slashes ? whole : char
  })
  return slashes ? decoded.replaceAll('\\', '/') : decoded
}

/** Resolves `.` and `..` and drops empty segments, in the order asked for. */
function resolve(path: string, emptyFirst: boolean): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '' && emptyFirst) continue
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  const slash = /(^|\/)\.{0,2}$/.test(path) && kept.length > 0 ? '/' : ''
  const joined = kept.filter(segment => segment !== '').join('/')
  return joined === '' ? '/' : `/${joined}${slash}`
}
