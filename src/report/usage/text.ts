import type {Instant} from '../../core/base/units.ts'
import type {EvidenceKind} from '../../core/config/config.ts'
import type {SourceRecord} from '../../core/usage/coverage.ts'
import type {Used, UsedClient, UsedContract, UsedVersion} from '../../core/usage/used.ts'
import {paintOf, type Look, type Paint} from '../look.ts'
import {padded, widest, widthOf} from '../text/width.ts'
import {dayChart} from './chart.ts'

/** How many clients of one version are shown; the JSON has them all. */
const MOST_CLIENTS = 20

const KNOWN_BY: Readonly<Record<EvidenceKind | 'unknown' | 'overflow', string>> = {
  certificate: 'certificate',
  key: 'API key (hashed)',
  token: 'token',
  service: 'service name',
  agent: 'User-Agent',
  address: 'address',
  unknown: 'nothing',
  overflow: 'beyond the limit',
}

/** Who uses which version, as a table a person reads. */
export function usageText(used: Used, look: Look): string {
  const paint = paintOf(look)
  const contracts = used.contracts.map(contract => contractText(contract, look, paint))
  const none =
    'no calls are recorded: `sluice usage --read` asks the sources of sluice.yaml, `sluice usage --ingest FILE...` reads logs'
  return `${[...(contracts.length === 0 ? [none] : contracts), linesText(used, paint)].join('\n\n')}\n`
}

function contractText({contract, coverage, gaps, versions}: UsedContract, look: Look, paint: Paint): string {
  const {since, reason} = coverage
  const counted = since === undefined ? paint.warn(`not covered: ${reason}`) : `no call missed since ${at(since)}`
  const why = since !== undefined && reason !== undefined ? paint.warn(`  before that: ${reason}`) : undefined
  const holes = gaps.slice(0, 5).map(gap => paint.warn(`  gap ${at(gap.from)} to ${at(gap.to)}: ${gap.reason}`))
  const more = gaps.length > 5 ? [paint.warn(`  and ${gaps.length - 5} gaps more`)] : []
  const head = `${paint.name(contract)}  ${paint.faint('·')}  ${counted}`
  return [
    head,
    ...(why === undefined ? [] : [why]),
    ...holes,
    ...more,
    ...versions.map(version => versionText(version, look, paint)),
  ].join('\n')
}

function versionText(version: UsedVersion, look: Look, paint: Paint): string {
  const {major, minors, calls, errors, firstSeen, lastSeen, clients, trend} = version
  const name = major === null ? 'no version named' : `v${major}`
  const seen = minors.length > 0 && major !== null ? ` (${minors.map(minor => `${major}.${minor}`).join(', ')})` : ''
  const failed = errors > 0 ? `, ${number(errors)} failed` : ''
  const head = `\n  ${paint.strong(name)}${seen}  ${number(calls)} ${calls === 1 ? 'call' : 'calls'}${failed}, ${at(firstSeen)} to ${at(lastSeen)}`
  const note =
    major === null
      ? paint.warn('    these may be calls to any version')
      : paint.faint(`    would break if v${major} went today:`)
  return [head, ...dayChart(trend, look).map(line => `    ${line}`), note, ...clientRows(clients, paint)].join('\n')
}

function clientRows(clients: readonly UsedClient[], paint: Paint): readonly string[] {
  const shown = clients.slice(0, MOST_CLIENTS)
  const cells = shown.map(({client, calls, errors, lastSeen}) => [
    client.name,
    KNOWN_BY[client.kind],
    number(calls),
    number(errors),
    at(lastSeen),
  ])
  const rows = [['CLIENT', 'KNOWN BY', 'CALLS', 'FAILED', 'LAST CALL'], ...cells]
  const widths = [0, 1, 2, 3, 4].map(column => widest(rows.map(row => row[column]!)))
  const lines = rows.map(row =>
    `    ${row.map((cell, i) => (i === 2 || i === 3 ? right(cell, widths[i]!) : padded(cell, widths[i]!))).join('  ')}`.trimEnd(),
  )
  const [head, ...body] = lines
  const hidden = clients.length - shown.length
  return [paint.faint(head!), ...body, ...(hidden > 0 ? [`    and ${hidden} more; --json has them all`] : [])]
}

function linesText({lines, sources}: Used, paint: Paint): string {
  const {read, matched, unparsed, notices} = lines
  const bad = `${number(unparsed)} unparsed`
  const compared = sources.flatMap(source => (source.compared ? [comparedText(source.name, source.compared)] : []))
  const all = `lines: ${number(read)} read, ${number(matched)} matched, ${unparsed > 0 ? paint.warn(bad) : bad}, ${number(notices)} other messages`
  return [all, ...compared].join('\n')
}

function comparedText(name: string, {requests, lines}: NonNullable<SourceRecord['compared']>): string {
  return `${name}: its balancer counted ${number(requests)} requests, and ${number(lines)} lines were read of them`
}

function right(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** `1 line`, `2,000 lines`. */
export function numbered(count: number, one: string): string {
  return `${number(count)} ${one}${count === 1 ? '' : 's'}`
}

/** `12,345`, whatever the locale. */
export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** To the minute, in UTC. */
export function at(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')}Z`
}
