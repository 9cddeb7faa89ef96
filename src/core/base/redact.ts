/** Stands where a secret stood. */
const REDACTED = '[redacted]'

const SECRET_NAME = /secret|token|passw|pwd|credential|private|api_?key|access_?key|auth(?!or)/i

/** Where a shell stands and stood, in each environment: no passwords, for all their names. */
const FOLDERS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD'])

/** Shorter ones would blank out half of every text, and protect nothing. */
const SHORTEST = 4

/** The values whose names say that nobody should read them. */
export function secretsIn(environment: Readonly<{[name: string]: string | undefined}>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) =>
    SECRET_NAME.test(name) && !FOLDERS.has(name) && value.length >= SHORTEST ? [value] : [],
  )
}

/**
 * The same text, record or event, with every secret in it blanked out, and passwords in addresses as well. Only names stay
 * as they are: a service may be called what somebody's variable holds, and is looked for by its name.
 */
export function redact<T>(value: T, secrets: readonly string[]): T {
  return deep(value, text =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text.replace(IN_URL, URL_BLANKED)),
  ) as T
}

const IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi
const URL_BLANKED = `$1:${REDACTED}@`

/** Where records and events keep the names by which they are looked for, and words of our own. */
const NAMES: ReadonlySet<string> = new Set(
  'code do as how verdict rollout undoes id step service pool contract mode hook gate gates check'.split(' '),
)

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map(item => deep(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, NAMES.has(key) ? item : deep(item, change)]),
  )
}
