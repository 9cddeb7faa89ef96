import validRange from 'semver/ranges/valid.js'
import type {Advisory, Severity} from '../../core/library/advisory.ts'
import type {InUse} from './source.ts'

/** The parts of an OSV record that are read; https://ossf.github.io/osv-schema. */
export interface OsvRecord {
  readonly id: string
  readonly summary?: string
  readonly details?: string
  readonly aliases?: readonly string[]
  readonly withdrawn?: string
  readonly database_specific?: {readonly severity?: unknown}
  readonly affected?: readonly OsvAffected[]
}

interface OsvAffected {
  readonly package?: {readonly ecosystem?: string; readonly name?: string}
  readonly ranges?: readonly {readonly type?: string; readonly events?: readonly OsvEvent[]}[]
  readonly versions?: readonly string[]
}

interface OsvEvent {
  readonly introduced?: string
  readonly fixed?: string
  readonly last_affected?: string
}

/** What a record says about one library; undefined where it was taken back or says nothing about it. */
export function advisoryOf(
  record: OsvRecord,
  {catalogue, name}: Pick<InUse, 'catalogue' | 'name'>,
): Advisory | undefined {
  const about = (record.affected ?? []).filter(
    affected => affected.package?.ecosystem?.split(':')[0] === catalogue && affected.package.name === name,
  )
  if (record.withdrawn !== undefined || about.length === 0) return undefined
  const known = record.aliases?.find(alias => alias.startsWith('CVE-'))
  return {
    id: record.id.startsWith('GHSA-') || known === undefined ? record.id : known,
    library: name,
    title: record.summary ?? record.details?.split('\n')[0]?.slice(0, 120) ?? record.id,
    severity: severityOf(record.database_specific?.severity),
    url: `https://osv.dev/vulnerability/${encodeURIComponent(record.id)}`,
    vulnerable: about.flatMap(({ranges = []}) => ranges.filter(isOrdered).flatMap(({events = []}) => rangesOf(events))),
    versions: about.flatMap(({versions = []}) => versions),
  }
}

/** Commits have no order that a version could be placed in. */
const isOrdered = ({type}: {readonly type?: string}) => type === 'SEMVER' || type === 'ECOSYSTEM'

/** Each `introduced` opens a range that the next `fixed` or `last_affected` closes. */
function rangesOf(events: readonly OsvEvent[]): readonly string[] {
  const ranges: string[] = []
  let from: string | undefined
  for (const {introduced, fixed, last_affected: last} of events) {
    if (introduced !== undefined) from = introduced === '0' ? '>=0.0.0-0' : `>=${introduced}`
    else if (from !== undefined && (fixed ?? last) !== undefined) {
      ranges.push(fixed === undefined ? `${from} <=${last}` : `${from} <${fixed}`)
      from = undefined
    }
  }
  return [...ranges, ...(from === undefined ? [] : [from])].filter(range => validRange(range) !== null)
}

/** GitHub's words, in whatever case; OSV itself has only vectors. */
export function severityOf(said: unknown): Severity {
  const word = typeof said === 'string' ? said.toLowerCase() : ''
  if (word === 'medium') return 'moderate'
  return word === 'critical' || word === 'high' || word === 'moderate' || word === 'low' ? word : 'unknown'
}
