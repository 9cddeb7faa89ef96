import type {CallPattern} from '../config.ts'
import {maybe, object} from '../shape/object.ts'
import {oneOf, text} from '../shape/scalar.ts'
import {about, mapped, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {duration, innerPath} from './values.ts'

const callKeys = object(
  {
    path: maybe(about('Start of the path, like "/api/v{major}/".', text('a path'))),
    header: maybe(about('A header and its value, like "API-Version: {major}".', text('a header'))),
    rpc: maybe(about('The method of a JSON-RPC call, like "accounts.v{major}.".', text('a method'))),
    query: maybe(about('A query parameter and its value, like "v={major}".', text('a query parameter'))),
  },
  'how a call looks',
)

const CALL_KINDS = ['path', 'header', 'query', 'rpc'] as const

/** Which version a call is of: by its path, a header, a query parameter, or a JSON-RPC method. */
const calls: Shape<CallPattern> = {
  json: () => ({...callKeys.json(), oneOf: CALL_KINDS.map(kind => ({required: [kind]}))}),
  read: mapped(callKeys, callOf).read,
}

function callOf(written: Read<typeof callKeys>, at: Reading): CallPattern | undefined {
  const named = CALL_KINDS.filter(kind => written[kind] !== undefined)
  if (named.length !== 1)
    return refuse(at, `calls are told by ${named.join(' and ') || 'nothing'}`, 'name one of path, header, query, rpc')
  const {path, header, query, rpc} = written
  if (path !== undefined) return withMajor(at, 'path', path, {in: 'path', pattern: path})
  if (rpc !== undefined) return withMajor(at, 'rpc', rpc, {in: 'rpc', pattern: rpc})
  if (header !== undefined) return namedCall(at, 'header', header, ':')
  return namedCall(at, 'query', query ?? '', '=')
}

/** `name: pattern`, or `name=pattern`. */
function namedCall(at: Reading, kind: 'header' | 'query', written: string, sign: ':' | '='): CallPattern | undefined {
  const cut = written.indexOf(sign)
  const name = written.slice(0, cut).trim()
  const pattern = written.slice(cut + 1).trim()
  if (cut > 0 && /^[\w.!#$%&'*+^`|~-]+$/.test(name)) return withMajor(at, kind, pattern, {in: kind, name, pattern})
  at.path.push(kind)
  refuse(
    at,
    `${JSON.stringify(written)} does not name a ${kind} and its value`,
    kind === 'header' ? 'write it like "API-Version: {major}"' : 'write it like "v={major}"',
  )
  at.path.pop()
  return undefined
}

function withMajor(at: Reading, kind: string, pattern: string, call: CallPattern): CallPattern | undefined {
  if (pattern.split('{major}').length === 2) return call
  at.path.push(kind)
  refuse(
    at,
    `${JSON.stringify(pattern)} does not say where the version stands`,
    'write {major} once, where the number is',
  )
  at.path.pop()
  return undefined
}

export const contract = object(
  {
    compatibility: maybe(
      about(
        'strict: both sides name exact versions. tolerant without it.',
        oneOf(['tolerant', 'strict'], 'a compatibility'),
      ),
    ),
    spec: maybe(about("Path of the API description in the server's repository.", innerPath)),
    calls: maybe(about('How a call to one version looks in traffic.', calls)),
    quiet: maybe(about('No call for this long before a server may drop a version. 7d without it.', duration)),
  },
  'a contract',
)

export type WrittenContract = Read<typeof contract>
