import type {GateConfig, Span} from '../config.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {formed, oneOf, text, whole} from '../shape/scalar.ts'
import {about, isBlamed, mapped, narrowed, type Read, type Reading, refuse, type Shape} from '../shape/shape.ts'
import {command, duration} from './values.ts'

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_INTERVAL_MS = 30_000
const UTC = 'UTC'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

const moment = formed(
  new RegExp(`${DATE.source}|${TIME.source}`),
  'a day or a time of day',
  () => 'write it like 2026-12-20, 2026-12-20T18:00 or 18:00',
)

const spanKeys = object(
  {
    from: maybe(
      about('The first day, like 2026-12-20, or with days a time, like 16:00. From 00:00 without it.', moment),
    ),
    to: maybe(
      about('The last day, or with days a time, which may be on the day after. Until 24:00 without it.', moment),
    ),
    days: maybe(about('Days of the week.', list(oneOf(DAYS, 'a day of the week'), 'days', 1))),
  },
  'a stretch of time with days, or with from and to',
)

const span: Shape<Span> = mapped(
  narrowed(spanKeys, {type: 'object', minProperties: 1}),
  ({from, to, days}, at): Span | undefined => {
    if (isBlamed(at)) return undefined
    if (days) {
      const [begin, end] = [from ?? '00:00', to ?? '24:00']
      if (TIME.test(begin) && TIME.test(end)) return {is: 'weekly', days, from: begin, to: end}
      return refuse(at, 'days of the week go with times of day', 'write from and to like "16:00"')
    }
    if (from === undefined || to === undefined)
      return refuse(at, 'it says not from when to when', 'name days, or from and to')
    if (!DATE.test(from) || !DATE.test(to))
      return refuse(at, 'a time of day needs days', 'name them, like days: [fri, sat, sun]')
    return from.slice(0, 10) <= to.slice(0, 10) ? {is: 'dates', from, to} : refuse(at, `${to} is before ${from}`)
  },
)

const timezone: Shape<string> = mapped(text('a time zone'), (found, at) =>
  isTimezone(found)
    ? found
    : refuse(at, `${JSON.stringify(found)} is not a time zone`, 'write it like Europe/Berlin, or UTC'),
)

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', {timeZone: name}).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const gateKeys = object(
  {
    approval: maybe(
      about('Who may say yes: names as their machine or their CI knows them.', list(text('a name'), 'names', 1)),
    ),
    freeze: maybe(about('No step begins meanwhile.', span)),
    window: maybe(about('Steps begin only meanwhile.', span)),
    command: maybe(about('A command that ends with exit code 0 when the step may begin.', command)),
    spacing: maybe(about('So long after the last step has ended.', duration)),
    matrix: maybe(about('The test matrix of the release: passed.', oneOf(['passed'], 'an outcome of the matrix'))),
    count: maybe(about('Of approval: how many must say yes. 1 without it.', whole(1, 100, 'a number of people'))),
    timezone: maybe(about('Of freeze and window, like Europe/Berlin. UTC without it.', timezone)),
    reason: maybe(about('Of freeze and window: why.', text('a reason'))),
    timeout: maybe(about('Of command: how long it may take. 1m without it.', duration)),
    interval: maybe(about('Of command: how long after a no it is asked again. 30s without it.', duration)),
    name: maybe(
      about(
        'Tells several gates of one kind apart.',
        formed(/^[\w.-]{1,100}$/, 'a name for a gate', () => 'letters, digits, and - _ .'),
      ),
    ),
  },
  'a gate',
)

type Written = Read<typeof gateKeys>

/** The keys that say what must hold, and which others each may have beside it. */
const KINDS: Readonly<Record<string, readonly (keyof Written)[]>> = {
  approval: ['count'],
  freeze: ['timezone', 'reason'],
  window: ['timezone', 'reason'],
  command: ['timeout', 'interval'],
  spacing: [],
  matrix: [],
}

const GATE_KINDS = Object.keys(KINDS) as (keyof Written)[]
const OF_A_KIND = new Set<string>(Object.values(KINDS).flat())

/** One gate. */
const gate: Shape<GateConfig> = {
  json: () => ({...gateKeys.json(), oneOf: GATE_KINDS.map(kind => ({required: [kind]}))}),
  read: mapped(gateKeys, gateOf).read,
}

export const gates = list(gate, 'gates')

function gateOf(written: Written, at: Reading): GateConfig | undefined {
  const named = GATE_KINDS.filter(kind => written[kind] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1) return refuseGate(named, at)
  const stray = Object.keys(written).find(key => OF_A_KIND.has(key) && !KINDS[kind]?.includes(key as keyof Written))
  if (stray !== undefined) return refuse(at, `a gate of ${kind} has no ${stray}`, `leave ${stray} out`)
  const body = bodyOf(written, at)
  return body && {...body, ...(written.name !== undefined && {name: written.name})}
}

function bodyOf(written: Written, at: Reading): GateConfig | undefined {
  const {approval, freeze, window, command: words, spacing, count = 1} = written
  if (approval) {
    const by = [...new Set(approval)]
    if (count > by.length && !isBlamed(at))
      return refuse(at, `${count} of ${by.length} people cannot say yes`, 'name more of them, or ask for fewer')
    return {kind: 'approval', by, count}
  }
  if (freeze) return {kind: 'freeze', during: freeze, ...placeOf(written)}
  if (window) return {kind: 'window', during: window, ...placeOf(written)}
  if (words) {
    const {timeout: timeoutMs = DEFAULT_TIMEOUT_MS, interval: intervalMs = DEFAULT_INTERVAL_MS} = written
    return {kind: 'command', command: words, timeoutMs, intervalMs}
  }
  return spacing === undefined ? {kind: 'matrix'} : {kind: 'spacing', ms: spacing}
}

function placeOf({timezone: zone = UTC, reason}: Written) {
  return {timezone: zone, ...(reason !== undefined && {reason})}
}

function refuseGate(named: readonly string[], at: Reading): undefined {
  if (named.length > 1) return refuse(at, `one gate holds ${named.join(' and ')}`, 'make each an entry of its own')
  return isBlamed(at) ? undefined : refuse(at, 'the gate asks for nothing', `name one of ${GATE_KINDS.join(', ')}`)
}
