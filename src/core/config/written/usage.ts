import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {record, type NameRule} from '../shape/record.ts'
import {formed, oneOf, text} from '../shape/scalar.ts'
import {about, type Read} from '../shape/shape.ts'
import {usageSource} from './usage-source.ts'

const EVIDENCE = ['certificate', 'key', 'token', 'service', 'agent', 'address'] as const

/** What a line of a log may tell, beside headers. */
const FIELDS = [
  'time',
  'target',
  'status',
  'backend',
  'certificate',
  'keyHash',
  'key',
  'subject',
  'token',
  'service',
  'agent',
  'address',
  'rpc',
  'request',
] as const

const FIELD = new RegExp(`^(?:${FIELDS.join('|')}|header:[\\w-]+)$`)
const FIELD_HINT = () => `${FIELDS.join(', ')}, or header:NAME`

const FIELD_NAME: NameRule = {pattern: FIELD, what: 'a field of a log', hint: FIELD_HINT}

const SOURCE_NAME: NameRule = {
  pattern: /^[\w.-]{1,100}$/,
  what: 'a name for a source',
  hint: () => 'letters, digits, and - _ .',
}

const explained = object(
  {
    path: about('Beginning of the path.', formed(/^\/./, 'a path')),
    reason: about('Why such requests are no calls.', text('a reason')),
  },
  'a path and a reason',
)

/** How calls are counted. */
export const usage = object(
  {
    clients: maybe(
      about('What a client is known by, the first that a call carries.', list(oneOf(EVIDENCE, 'evidence'), 'kinds', 1)),
    ),
    captures: maybe(
      about(
        'What HAProxy captures of a request, in its order; "-" for what does not matter.',
        list(formed(new RegExp(`${FIELD.source}|^-$`), 'a field of a log', FIELD_HINT), 'fields'),
      ),
    ),
    fields: maybe(about('The key of each field in logs of JSON lines.', record(FIELD_NAME, text('a key')))),
    ignore: maybe(about('Requests that are no calls, like health checks.', list(explained, 'paths'))),
    sources: maybe(
      about(
        'The places that together count every call: logs, listeners, tables, queries.',
        record(SOURCE_NAME, usageSource),
      ),
    ),
  },
  'a mapping that says how calls are counted',
)

export type WrittenUsage = Read<typeof usage>
