import {everyMajorRegex, majorRegex, type Announcement} from '../../core/usage/announce.ts'
import {CAPTURE_MARK} from '../../core/usage/scan/haproxy.ts'

/** What fills a balancer's template. */
export interface TemplateValues {
  readonly announcements: readonly Announcement[]
  /** Headers that contracts look at, in lower case. */
  readonly headers: readonly string[]
  /** What is answered 410 for a while before it goes. */
  readonly brownouts: readonly BrownedOutContract[]
  /** A contract looks at the method of JSON-RPC. */
  readonly usesRpc: boolean
}

/** Where the template expects the map of brownouts. */
export const BROWNOUT_MAP = '/etc/haproxy/sluice-brownouts.map'

export const KEY_HEADER = 'X-Api-Key'
export const SERVICE_HEADER = 'X-Service-Name'

/** Fills the template of HAProxy. */
export function haproxyTemplate(template: string, values: TemplateValues): string {
  return filled(template, {
    mark: CAPTURE_MARK,
    keyHeader: KEY_HEADER,
    serviceHeader: SERVICE_HEADER,
    captures: haproxyCaptures(values),
    brownouts:
      values.brownouts.map(one => haproxyBrownout(one, BROWNOUT_MAP)).join('\n') || '    # no contract has a brownout',
    announcements: haproxyAnnouncements(values.announcements),
  })
}

function haproxyCaptures({headers, usesRpc}: TemplateValues): string {
  const rpc = usesRpc
    ? ['    option http-buffer-request', "    http-request capture req.body,json_query('$.method') len 64"]
    : ['    # Kept for the method of JSON-RPC.', '    http-request capture str(-) len 1']
  return [...rpc, ...headers.map(header => `    http-request capture req.hdr(${header}) len 64`), ''].join('\n')
}

/** A contract whose old majors are browned out before they go. */
export interface BrownedOutContract {
  readonly contract: string
  readonly calls: Announcement['calls']
}

/**
 * The lines of a front end that answer 410 as the map says: its key is the contract with the major that a request names,
 * its numbers are the share and the second at which it ends by itself.
 */
export function haproxyBrownout({contract, calls}: BrownedOutContract, map: string): string {
  const regex = everyMajorRegex(calls)
  return [
    ...(calls.in === 'path' ? AS_SERVERS_SEE_IT : []),
    `    http-request set-var(txn.sluice_gone) '${sampleSeen(calls)},regsub("${regex}","${contract}@\\\\1",i)'`,
    `    http-request set-var(txn.sluice_share) var(txn.sluice_gone),map_str_int(${map},0)`,
    `    http-request set-var(txn.sluice_until) var(txn.sluice_gone),concat(:until),map_str_int(${map},0)`,
    '    http-request set-var(txn.sluice_left) date,neg,add(txn.sluice_until)',
    '    http-request set-var(txn.sluice_luck) rand(100),sub(txn.sluice_share)',
    '    http-request return status 410 content-type text/plain string "410 this version is about to go: ask whoever runs this service how to move\\n" if { var(txn.sluice_left) -m int gt 0 } { var(txn.sluice_luck) -m int lt 0 }',
    '',
  ].join('\n')
}

/**
 * Decoded once, without empty segments and dots, for the judgement alone: the request is passed on as it came. A path with an
 * encoded slash may be read in two ways, and is left as it was sent, as is one that cannot be decoded.
 */
const AS_SERVERS_SEE_IT = [
  '    http-request set-var(txn.sluice_path) path',
  `    http-request set-var(txn.sluice_path) 'path,url_dec,regsub("/([.]?/)+","/",g)${',regsub("/[^/]+/[.][.](/|$)","/",g)'.repeat(3)}' if !{ path -m sub -i %2f %5c }`,
]

/** Of a path, what {@link AS_SERVERS_SEE_IT} has made of it. */
function sampleSeen(calls: Announcement['calls']): string {
  const sample = {
    path: 'var(txn.sluice_path)',
    header: 'name' in calls ? `req.fhdr(${calls.name})` : '',
    query: 'name' in calls ? `urlp(${calls.name})` : '',
    rpc: "req.body,json_query('$.method')",
  }
  return sample[calls.in]
}

function haproxyAnnouncements(announcements: readonly Announcement[]): string {
  if (announcements.length === 0) return '    # no contract has a sunset'
  const path = announcements.some(({calls}) => calls.in === 'path') ? [...AS_SERVERS_SEE_IT, ''] : []
  return [...path, ...announcements.map(haproxyAnnouncement)].join('\n')
}

function haproxyAnnouncement({contract, major, calls, headers}: Announcement): string {
  const name = `${contract}@${major}`
  const regex = majorRegex(calls, major)
  const match = `{ ${sampleSeen(calls)} -m reg -i '${regex.replaceAll("'", '.')}' }`
  return [
    `    http-request set-var(txn.sluice) str(${name}) if ${match}`,
    ...headers.map(
      ({name: field, value}) =>
        `    http-after-response add-header ${field} "${haproxyText(value)}" if { var(txn.sluice) -m str ${name} }`,
    ),
    '',
  ].join('\n')
}

/** Inside of double quotes, in a format string. */
function haproxyText(value: string): string {
  return value.replaceAll(/["\\$]/g, '\\$&').replaceAll('%', '%%')
}

/** Fills the template of nginx. */
export function nginxTemplate(template: string, values: TemplateValues): string {
  const headers = values.headers.map(
    header => `,"header_${header.replaceAll('-', '_')}":"$http_${header.replaceAll('-', '_')}"`,
  )
  return filled(template, {
    serviceVariable: `http_${SERVICE_HEADER.toLowerCase().replaceAll('-', '_')}`,
    headers: headers.join(''),
    log: 'logs/sluice.log',
    announcements: nginxAnnouncements(values.announcements),
  })
}

function nginxAnnouncements(announcements: readonly Announcement[]): string {
  if (announcements.length === 0) return '# no contract has a sunset'
  const maps = announcements.map(({contract, major, calls}, i) => {
    const otherwise = i === 0 ? '""' : `$sluice_version_${i - 1}`
    const regex = `"~*${majorRegex(calls, major).replaceAll('"', '.')}"`
    return `map ${nginxSource(calls)} $sluice_version_${i} {\n    default ${otherwise};\n    ${regex} "${contract}@${major}";\n}\n`
  })
  const fields = ['Deprecation', 'Sunset', 'Link'].map(field => {
    const values = announcements.flatMap(({contract, major, headers}) =>
      headers
        .filter(({name}) => name === field)
        .map(({value}) => `    "${contract}@${major}" '${value.replaceAll("'", '%27')}';\n`),
    )
    const variable = `$sluice_${field.toLowerCase()}`
    return `map $sluice_version_${announcements.length - 1} ${variable} {\n    default "";\n${values.join('')}}\nadd_header ${field} ${variable} always;\n`
  })
  return [...maps, ...fields].join('\n')
}

/** nginx decodes and resolves the path itself; a JSON-RPC method it cannot see. */
function nginxSource(calls: Announcement['calls']): string {
  if (calls.in === 'header') return `$http_${calls.name.toLowerCase().replaceAll('-', '_')}`
  return calls.in === 'query' ? `$arg_${calls.name}` : '$uri'
}

/** Puts values where a template names them. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}
