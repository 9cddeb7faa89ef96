import type {CallPattern} from '../../core/config/config.ts'
import type {ContractName} from '../../core/config/facts.ts'
import {filled, KEY_HEADER, SERVICE_HEADER} from './templates.ts'

/** A contract with how its calls look. */
export interface CountedContract {
  readonly name: ContractName
  readonly calls: CallPattern
}

/** Fills the template of a stick table. */
export function tableTemplate(template: string, contracts: readonly CountedContract[]): string {
  return filled(template, {
    table: 'sluice',
    keyHeader: KEY_HEADER,
    serviceHeader: SERVICE_HEADER,
    versions: contracts.map(linesOf).join('\n') || '    # no contract says how a call to it looks',
  })
}

const UNLESS_FOUND = '!{ var(txn.sluice_call) -m found }'

function linesOf({name, calls}: CountedContract): string {
  const sample = sampleOf(calls)
  const [front = '', back = ''] = calls.pattern.split('{major}')
  const before = calls.in === 'header' ? `(^|.*[, ;])${quoted(front)}` : `^${quoted(front)}`
  const major = `${before}0*([0-9]+).*$`
  const group = calls.in === 'header' ? '\\\\2' : '\\\\1'
  const after = quoted(back.replace('{minor}', '')).replace(/\/$/, '([/;]|$)')
  const matches = `${sample} -m reg -i '${before}0*[0-9]+(\\.[0-9]+)*${calls.in === 'path' ? after : ''}'`
  const found = `    http-request set-var(txn.sluice_call) '${sample},regsub("${major}","${name}@${group}",i)' if { ${matches} } ${UNLESS_FOUND}`
  return [...(calls.in === 'path' ? doubtful(name, front) : []), found, ...unversioned(name, calls, front)].join('\n')
}

/** Encoded bytes, empty segments and dots: HAProxy looks at the path as it was sent, and a server at another one. */
function doubtful(name: ContractName, front: string): readonly string[] {
  const family = front.replace(/\/[^/]*$/, '') || '/'
  const isDoubtful = String.raw`{ path -m reg '[%;]|//|/\.|\\' }`
  return [
    `    http-request set-var(txn.sluice_call) str(${name}@none) if ${isDoubtful} { path,url_dec -m sub -i '${family}' } ${UNLESS_FOUND}`,
  ]
}

/** What looks like the contract, and names no version. */
function unversioned(name: ContractName, calls: CallPattern, front: string): readonly string[] {
  if (calls.in !== 'path') return []
  const family = front.slice(0, Math.max(front.lastIndexOf('/'), front.lastIndexOf('.')) + 1)
  return [`    http-request set-var(txn.sluice_call) str(${name}@none) if { path_beg -i '${family}' } ${UNLESS_FOUND}`]
}

function sampleOf(calls: CallPattern): string {
  if (calls.in === 'header') return `req.fhdr(${calls.name})`
  if (calls.in === 'query') return `urlp(${calls.name})`
  return calls.in === 'path' ? 'path' : "req.body,json_query(\\'$.method\\')"
}

function quoted(text: string): string {
  return text
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll("'", '.')
    .replaceAll('"', '.')
}
