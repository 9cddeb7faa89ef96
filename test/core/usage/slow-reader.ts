import type {EvidenceKind} from '../../../src/core/config/config.ts'
import {classifier, type WatchedContract} from '../../../src/core/usage/calls.ts'
import {FORMS_OF, nameOf, STRONGEST_FIRST, type EvidenceForm} from '../../../src/core/usage/identity.ts'

/** One line taken apart in the plain way. */
interface Line {
  readonly at: number
  readonly target?: string
  readonly status: string
  readonly backend?: string
  readonly headers: Readonly<Record<string, string>>
  readonly evidence: Partial<Record<EvidenceForm, string>>
}

export type SlowFormat = 'haproxy' | 'common' | 'json'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A reader that is slow and obviously right: one regular expression a line, objects and maps. */
export function slowly(
  text: string,
  format: SlowFormat,
  contracts: readonly WatchedContract[],
  digest: (text: string) => string,
  order: readonly EvidenceKind[] = STRONGEST_FIRST,
) {
  const classify = classifier(contracts)
  const rows: Record<string, [calls: number, errors: number, first: number, last: number]> = {}
  const lines = {read: 0, matched: 0, unparsed: 0, notices: 0}
  for (const text1 of text.split('\n').slice(0, -1)) {
    const line = text1.replace(/\r$/, '')
    if (line === '') continue
    lines.read++
    const parsed = READERS[format](line)
    if (parsed === 'notice') lines.notices++
    if (parsed === undefined || (parsed !== 'notice' && !(parsed.at >= 0))) lines.unparsed++
    if (parsed === undefined || parsed === 'notice' || !(parsed.at >= 0) || parsed.target === undefined) continue
    const {target, backend, headers, evidence, at, status} = parsed
    const seen = classify({target, header: name => headers[name], ...(backend ? {backend} : {})})
    if (seen.length === 0) continue
    lines.matched++
    const client = clientOf(evidence, digest, order)
    for (const {contract, major, minor} of seen) {
      const row = (rows[`${contract} ${major}.${minor} ${client} ${Math.floor(at / 3_600_000)}`] ??= [0, 0, at, at])
      row[0]++
      if (/^(5|-)/.test(status)) row[1]++
      row[2] = Math.min(row[2], at)
      row[3] = Math.max(row[3], at)
    }
  }
  return {rows, lines}
}

function clientOf(
  evidence: Line['evidence'],
  digest: (text: string) => string,
  order: readonly EvidenceKind[],
): string {
  for (const kind of order) {
    for (const form of FORMS_OF[kind]) {
      const name = evidence[form] === undefined ? undefined : nameOf(form, evidence[form], digest)
      if (name !== undefined) return `${kind}:${name}`
    }
  }
  return 'unknown:unknown'
}

function dated(text: string): number {
  const m = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{3})| ([+-])(\d\d)(\d\d))?$/.exec(text)
  if (!m || !MONTHS.includes(m[2]!)) return Number.NaN
  const [day, year, hour, minute, second] = [m[1], m[3], m[4], m[5], m[6]].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const zone = m[8] ? (m[8] === '-' ? -1 : 1) * (Number(m[9]) * 60 + Number(m[10])) * 60_000 : 0
  return Date.UTC(year, MONTHS.indexOf(m[2]!), day, hour, minute, second) + Number(m[7] ?? 0) - zone
}

function targetOf(request: string): {target?: string} {
  const isWhole = / HTTP\/...$/.test(request)
  const target = isWhole ? /^[^ ]* (.+) HTTP\/...$/.exec(request)?.[1] : request.split(' ')[1]
  return target ? {target} : {}
}

function haproxy(line: string): Line | 'notice' | undefined {
  const text = (value: string) =>
    value.replaceAll(/#([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const date = /^(.*? )??([^ ]*) \[(..\/.{3}\/.{4}:.{12})\]/.exec(line)
  if (!date) return line.includes(' [') || line.includes(' HTTP/') ? undefined : 'notice'
  const address = date[2]!.includes(':') ? date[2]!.replace(/:[^:]*$/, '') : date[2]!
  const rest = line.slice(date[0].length + 1)
  const frontend = rest.split(' ', 1)[0]!
  if (frontend.endsWith(':')) return 'notice'
  const m = /^[^ ]* ([^/]*)\/[^ ]* .{9}[^ ]* (\d{3}|-1) .{25}[^{"]*(?:\{([^}]*)\} )?(?:\{[^}]*\} )?"(.*?)"?$/.exec(rest)
  if (!m) return undefined
  const captures = m[3]?.split('|') ?? []
  const [mark, certificate, keyHash, subject, service, agent, , version] = captures
  const evidence: Line['evidence'] = {address: text(address)}
  if (mark === 'sluice1') {
    const given = {certificate, keyHash, subject, service, agent}
    for (const [form, value] of Object.entries(given)) if (value) evidence[form as EvidenceForm] = text(value)
  }
  const {target} = targetOf(m[4]!)
  return {
    at: dated(date[3]!),
    ...(target ? {target: text(target)} : {}),
    status: m[2]!,
    backend: text(m[1]!),
    headers: mark === 'sluice1' && version ? {'x-version': text(version)} : {},
    evidence,
  }
}

function common(line: string): Line | undefined {
  const text = (value: string) =>
    value.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, hex?: string, char?: string) =>
      hex === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"'
  const m = new RegExp(`^([^ ]+) [^[]*\\[([^\\]]*)\\] ${QUOTED} (\\d{3})(?: |$)(.*)$`).exec(line)
  if (!m) return undefined
  const tail = /^[^ ]* (".*)$/.exec(m[5]!)
  const agent = tail ? new RegExp(`^${QUOTED} ${QUOTED}`).exec(tail[1]!)?.[2] : ''
  if (agent === undefined) return undefined
  const evidence: Line['evidence'] = {address: text(m[1]!), ...(agent ? {agent: text(agent)} : {})}
  const {target} = targetOf(m[3]!)
  return {at: dated(m[2]!), ...(target ? {target: text(target)} : {}), status: m[4]!, headers: {}, evidence}
}

function json(line: string): Line | undefined {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const get = (key: string) =>
    typeof value[key] === 'string' || typeof value[key] === 'number' ? String(value[key]) : undefined
  const time = get('time') ?? ''
  const evidence: Line['evidence'] = {}
  for (const [form, key] of Object.entries({
    service: 'service',
    agent: 'agent',
    address: 'address',
    certificate: 'certificate',
  })) {
    const found = get(key)
    if (found) evidence[form as EvidenceForm] = found
  }
  const target = get('target')
  const version = get('version')
  return {
    at: /^\d+(\.\d+)?$/.test(time)
      ? Math.floor(Number(time) < 1e10 ? Number(time) * 1000 : Number(time))
      : /^....-..-..[T ]..:..:..(\.\d+)?(Z|[+-]..:..)$/.test(time)
        ? Date.parse(time)
        : Number.NaN,
    ...(target ? {target} : {}),
    status: get('status') ?? '',
    headers: version ? {'x-version': version} : {},
    evidence,
  }
}

const READERS = {haproxy, common, json}
