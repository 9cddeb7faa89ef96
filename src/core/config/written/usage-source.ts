import type {SourceConfig, SyslogAddress} from '../config.ts'
import {maybe, object} from '../shape/object.ts'
import {formed, oneOf, text} from '../shape/scalar.ts'
import {about, mapped, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {CONTRACT_NAME, duration} from './values.ts'

const SYSLOG = /^(udp|tcp):\/\/(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i

const syslog: Shape<SyslogAddress> = mapped(
  formed(SYSLOG, 'an address to listen on', () => 'write it like udp://127.0.0.1:5514 or tcp://127.0.0.1:5514'),
  (found, at) => {
    const [, by = '', host = '', port = ''] = SYSLOG.exec(found) ?? []
    if (Number(port) > 65_535) return refuse(at, `there is no port ${port}`, 'ports end at 65535')
    return {by: by.toLowerCase() === 'tcp' ? 'tcp' : 'udp', host: host.replaceAll(/[[\]]/g, ''), port: Number(port)}
  },
)

const counter = object(
  {
    haproxy: about('The Runtime API of the balancer that writes the log: a path, or host:port.', text('a socket')),
    frontend: about('Its front end, whose requests are counted.', text('a front end')),
  },
  "a balancer's own counter, like { haproxy: /run/haproxy/admin.sock, frontend: web }",
)

const labels = object(
  {
    version: maybe(about('The label that holds the major, as in 1, v1 or 1.4. version without it.', text('a label'))),
    client: maybe(about('The label that names the caller. client without it.', text('a label'))),
  },
  'labels of a series',
)

const keys = object(
  {
    file: maybe(about('A log; gzip and zstd are read as well.', text('a path'))),
    syslog: maybe(about('Where to listen for the log as syslog, while `sluice usage --follow` runs.', syslog)),
    haproxy: maybe(about('The Runtime API of an HAProxy that counts in a stick table.', text('a socket'))),
    prometheus: maybe(
      about(
        "A PromQL query for counters by version and client; the environment's prometheus is asked.",
        text('a query'),
      ),
    ),
    balancer: maybe(
      about(
        "The environment's own balancer, where it is the embedded one.",
        oneOf(['embedded'], 'a balancer that counts calls'),
      ),
    ),
    format: maybe(
      about('How the log is written. Found out without it.', oneOf(['haproxy', 'common', 'json'], 'a format of logs')),
    ),
    counter: maybe(about('What the lines of the log are compared with.', counter)),
    table: maybe(about('Of haproxy: the name of the stick table. sluice without it.', text('a table'))),
    expire: maybe(about("Of haproxy: the table's own `expire`. 24d without it, as in our template.", duration)),
    contract: maybe(
      about('Of prometheus: the contract that is called.', formed(CONTRACT_NAME.pattern, CONTRACT_NAME.what)),
    ),
    labels: maybe(about('Of prometheus: what the labels are called.', labels)),
  },
  'a place where calls are counted, like { file: /var/log/haproxy.log }',
)

type Written = Read<typeof keys>

/** As long as HAProxy takes. */
const EXPIRE_MS = 24 * 86_400_000

const KINDS = {
  file: ['format', 'counter'],
  syslog: ['format', 'counter'],
  haproxy: ['table', 'expire'],
  prometheus: ['contract', 'labels'],
  balancer: [],
} as const
type Kind = keyof typeof KINDS
const NAMES = Object.keys(KINDS) as readonly Kind[]

/** One place where calls are counted. */
export const usageSource: Shape<SourceConfig> = {
  json: () => ({...keys.json(), oneOf: NAMES.map(name => ({required: [name]}))}),
  read: mapped(keys, sourceOf).read,
}

function sourceOf(written: Written, at: Reading): SourceConfig | undefined {
  const named = NAMES.filter(name => written[name] !== undefined)
  const [kind] = named
  // A value that was refused is left out, and was complained of already.
  if (kind === undefined && at.findings.length > 0) return undefined
  if (kind === undefined || named.length > 1) {
    const said =
      named.length === 0 ? 'a source says not where calls are counted' : `a source is one of ${named.join(' and ')}`
    return refuse(at, said, `name one of ${NAMES.join(', ')}`)
  }
  const allowed: readonly string[] = [kind, ...KINDS[kind]]
  const stray = Object.keys(written).find(key => !allowed.includes(key))
  if (stray !== undefined) return refuse(at, `a source by ${kind} has no ${stray}`, `leave ${stray} out`)
  return bodyOf(written, at)
}

function bodyOf(written: Written, at: Reading): SourceConfig | undefined {
  const {file, syslog: listen, haproxy: socket, prometheus: query, format, counter: count, contract} = written
  const more = {...(format && {format}), ...(count && {counter: count})}
  if (file !== undefined) return {from: 'file', file, ...more}
  if (listen) return {from: 'syslog', listen, ...more}
  if (socket !== undefined)
    return {from: 'table', socket, table: written.table ?? 'sluice', expireMs: written.expire ?? EXPIRE_MS}
  if (written.balancer) return {from: 'balancer'}
  if (contract === undefined)
    return refuse(at, 'a source by prometheus says not which contract is called', 'name it: contract: accounts-api')
  const {version = 'version', client = 'client'} = written.labels ?? {}
  return {from: 'prometheus', query: query ?? '', contract, labels: {version, client}}
}
