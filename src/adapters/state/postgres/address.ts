import {createHash} from 'node:crypto'

/** Where a record is, as people may read it: no password, and no options, since one of them may be a password too. */
export function shownAddress(address: string): string {
  const url = parsed(address)
  if (!url) return 'postgres://...'
  const user = url.username ? `${decodeURIComponent(url.username)}@` : ''
  const host = url.host || (url.searchParams.get('host') ?? 'localhost')
  return `postgres://${user}${host}${url.pathname}`
}

/** What must never be read by anybody: passwords in the address and in the environment, as libpq takes them. */
export function secretsOf(address: string, env: NodeJS.ProcessEnv): readonly string[] {
  const url = parsed(address)
  const inUrl = [decoded(url?.password), url?.searchParams.get('password'), url?.searchParams.get('sslpassword')]
  return [...inUrl, url?.password, env['PGPASSWORD'], env['PGSSLPASSWORD']].filter(
    (secret): secret is string => typeof secret === 'string' && secret !== '',
  )
}

/** For the client, to which the words of `sslmode` mean something else unless it is told: what they mean to libpq. */
export function asLibpq(address: string): string {
  return /[?&]sslmode=(?!no-verify)/.test(address) ? `${address}&uselibpqcompat=true` : address
}

/** Each system has a schema of its own, so that several may share a database. PostgreSQL cuts longer names off. */
export function schemaNameOf(system: string): string {
  const name = `sluice_${system}`
  if (name.length <= LONGEST) return name
  const digest = createHash('sha256').update(system).digest('hex').slice(0, 12)
  return `${name.slice(0, LONGEST - digest.length - 1)}_${digest}`
}

const LONGEST = 63

function parsed(address: string): URL | undefined {
  // An empty host with a user in front of it is how libpq is told to use its socket; a URL has to have one.
  for (const text of [address, address.replace('@/', '@localhost/')]) if (URL.canParse(text)) return new URL(text)
  return undefined
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text)
  } catch {
    return text
  }
}
