import type {Instant} from '../../base/units.ts'
import type {CallPattern, CheckConfig, SunsetConfig} from '../config.ts'
import {either} from '../shape/either.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {type NameRule, record} from '../shape/record.ts'
import {formed, oneOf, text, whole} from '../shape/scalar.ts'
import {about, mapped, narrowed, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {check} from './check.ts'
import {duration, innerPath} from './values.ts'

/** Text with `{major}` in it; the reading checks it once it knows what it belongs to. */
function withNumber(what: string): Shape<string> {
  return narrowed(text(what), {type: 'string', pattern: '\\{major\\}'})
}

const callKeys = object(
  {
    path: maybe(about('Start of the path, like "/api/v{major}/".', withNumber('a path'))),
    header: maybe(about('A header and its value, like "API-Version: {major}".', withNumber('a header'))),
    rpc: maybe(about('The method of a JSON-RPC call, like "accounts.v{major}.".', withNumber('a method'))),
    query: maybe(about('A query parameter and its value, like "v={major}".', withNumber('a query parameter'))),
  },
  'a mapping that says how a call looks',
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

const MAJOR: NameRule = {pattern: /^\d{1,9}$/, what: 'a major version', hint: () => 'write its number, like 1'}

/** A day, or an instant with its zone. */
const instant: Shape<Instant> = mapped(
  formed(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/, 'a day', () => 'write it like 2027-01-31'),
  (found, at) => {
    const parsed = Date.parse(found)
    return Number.isNaN(parsed) ? refuse(at, `${JSON.stringify(found)} is no day`, 'write it like 2027-01-31') : parsed
  },
)

const ending = object(
  {
    deprecated: maybe(about('Since when callers should move.', instant)),
    sunset: about('When it stops to answer.', instant),
    link: maybe(about('A page that says how to move.', formed(/^https?:\/\/[^\s"<>]+$/, 'a web address'))),
  },
  'the end of a version, like { deprecated: 2026-09-01, sunset: 2027-01-31 }',
)

/** A day alone is the sunset. */
const sunset: Shape<SunsetConfig> = either(
  {text: mapped(instant, found => ({sunset: found})), map: ending},
  'the end of a version; write a day, or { deprecated, sunset, link }',
)

/** Nothing counts by pool here: who is asked must know of complaints. */
const complaint: Shape<CheckConfig> = mapped(check, (found, at) =>
  found.kind === 'http' || found.kind === 'command' || found.kind === 'prometheus'
    ? found
    : refuse(
        at,
        `${found.kind} says nothing about clients`,
        'ask who knows of complaints: http, command or prometheus',
      ),
)

const brownout = object(
  {
    share: about('How many of 100 calls to the old major are answered 410.', whole(1, 100, 'a share')),
    for: about('How long, before it stops and the major goes.', duration),
    checks: maybe(
      about(
        'Who knows of complaints: http, command or prometheus. One that fails ends it at once.',
        list(complaint, 'checks'),
      ),
    ),
  },
  'a brownout, like { share: 5, for: 10m }',
)

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
    sunset: maybe(about('The end of old majors, as callers are told it.', record(MAJOR, sunset))),
    brownout: maybe(about('Before a server drops a major: a part of its calls is answered 410 for a while.', brownout)),
    quiet: maybe(about('No call for this long before a server may drop a version. 7d without it.', duration)),
  },
  'a contract',
)

export type WrittenContract = Read<typeof contract>
