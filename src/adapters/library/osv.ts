import type {Advisory} from '../../core/library/advisory.ts'
import {advisoryOf, type OsvRecord} from './osv-record.ts'
import type {AdvisorySource, InUse} from './source.ts'

const API = 'https://api.osv.dev/v1'
/** What one request may ask for, as OSV has it. */
const BATCH = 1000
const AT_ONCE = 8
const TIMEOUT_MS = 20_000

/** The database of https://osv.dev, which needs no key. */
export const osv: AdvisorySource = {
  name: 'OSV',
  covers: () => true,
  async ask(libraries) {
    try {
      return {is: 'known', advisories: await advisories(libraries)}
    } catch (error) {
      return {is: 'unknown', why: `it did not answer: ${reasonOf(error)}`}
    }
  },
}

/** One version of one library that is asked about. */
interface Query {
  readonly library: InUse
  readonly version: string
}

interface BatchAnswer {
  readonly results?: readonly {readonly vulns?: readonly {readonly id: string}[]; readonly next_page_token?: string}[]
}

/** First which records there are, many libraries at a time; then each record once. */
async function advisories(libraries: readonly InUse[]): Promise<readonly Advisory[]> {
  const queries = libraries.flatMap(library => library.versions.map(version => ({library, version})))
  const found = new Map<string, Set<InUse>>()
  const versions = new Map<string, Set<string>>()
  for (let at = 0; at < queries.length; at += BATCH) {
    for (const {query, id} of await idsOf(queries.slice(at, at + BATCH))) {
      found.set(id, (found.get(id) ?? new Set()).add(query.library))
      const key = `${id}\n${query.library.name}`
      versions.set(key, (versions.get(key) ?? new Set()).add(query.version))
    }
  }
  const {default: pLimit} = await import('p-limit')
  const limit = pLimit(AT_ONCE)
  const read = await Promise.all(
    [...found].map(([id, about]) =>
      limit(async () => {
        const record = await json<OsvRecord>(`${API}/vulns/${encodeURIComponent(id)}`)
        return [...about].flatMap(library => {
          const advisory = advisoryOf(record, library)
          // OSV knows how each ecosystem orders its versions: what it names is affected, whatever we make of its ranges.
          const named = versions.get(`${id}\n${library.name}`) ?? []
          return advisory ? [{...advisory, versions: [...new Set([...advisory.versions, ...named])]}] : []
        })
      }),
    ),
  )
  return read.flat()
}

/** Answers that do not fit on one page are asked for again, with the token of the next. */
async function idsOf(queries: readonly Query[]): Promise<readonly {readonly query: Query; readonly id: string}[]> {
  const ids: {query: Query; id: string}[] = []
  let open: readonly {readonly query: Query; readonly token?: string}[] = queries.map(query => ({query}))
  while (open.length > 0) {
    const {results = []} = await json<BatchAnswer>(`${API}/querybatch`, {queries: open.map(asQuery)})
    const next: {query: Query; token: string}[] = []
    for (const [at, {vulns = [], next_page_token: token}] of results.entries()) {
      const query = open[at]?.query
      if (!query) continue
      for (const {id} of vulns) ids.push({query, id})
      if (token !== undefined) next.push({query, token})
    }
    open = next
  }
  return ids
}

function asQuery({query: {library, version}, token}: {readonly query: Query; readonly token?: string}) {
  const plain = library.catalogue === 'Go' ? version.replace(/^v/, '') : version
  return {
    package: {name: library.name, ecosystem: library.catalogue},
    version: plain,
    ...(token !== undefined && {page_token: token}),
  }
}

async function json<T>(url: string, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    ...(body !== undefined && {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim())
  return (await answer.json()) as T
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
