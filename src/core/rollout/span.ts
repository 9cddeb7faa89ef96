import type {Instant} from '../base/units.ts'
import type {Span, Weekday} from '../config/config.ts'

/** Whether it is that time now, on the clocks of the zone. */
export function isWithin(span: Span, timezone: string, now: Instant): boolean {
  const local = localTime(now, timezone)
  if (span.is === 'dates') return startOf(span.from) <= local.minute && local.minute <= endOf(span.to)
  const {from, to, days} = span
  const time = local.minute.slice(MINUTE_OF_DAY)
  if (from < to) return days.includes(local.day) && from <= time && time < to
  return (days.includes(local.day) && from <= time) || (days.includes(dayBefore(local.day)) && time < to)
}

/** `fri, sat 16:00 to 08:00, Europe/Berlin`. */
export function spanText(span: Span, timezone: string): string {
  const days = span.is === 'weekly' ? `${span.days.join(', ')} ` : ''
  return `${days}${span.from} to ${span.to}, ${timezone}`
}

interface LocalTime {
  readonly day: Weekday
  /** `2026-12-20T18:00`: as text, in the order of time. */
  readonly minute: string
}

const MINUTE_OF_DAY = '2026-12-20T'.length

function localTime(now: Instant, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = new Map(format.formatToParts(now).map(({type, value}) => [type, value]))
  const date = ['year', 'month', 'day'].map(part => parts.get(part as 'year')).join('-')
  const day = parts.get('weekday')?.toLowerCase() as Weekday
  return {day, minute: `${date}T${parts.get('hour')}:${parts.get('minute')}`}
}

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

function dayBefore(day: Weekday): Weekday {
  return WEEK[(WEEK.indexOf(day) + WEEK.length - 1) % WEEK.length] as Weekday
}

/** A day without a time is all of it. */
function startOf(moment: string): string {
  return moment.includes('T') ? moment : `${moment}T00:00`
}

function endOf(moment: string): string {
  return moment.includes('T') ? moment : `${moment}T23:59`
}
