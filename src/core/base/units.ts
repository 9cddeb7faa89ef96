/** Milliseconds since 1970-01-01 UTC. The core is told the time; it never asks. */
export type Instant = number

/** 0 to 100. */
export type Percent = number

/** A length of time in milliseconds. */
export type DurationMs = number

const MS = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const

/** `500ms`, `30s`, `5m`, `12h`, `7d` -> milliseconds; undefined for anything else. */
export function parseDuration(text: string): DurationMs | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  if (!match) return undefined
  return Number(match[1]) * MS[match[2] as keyof typeof MS]
}

/** The shortest way to write a duration that parses back to the same value. */
export function formatDuration(duration: DurationMs): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (duration >= MS[unit] && duration % MS[unit] === 0) return `${duration / MS[unit]}${unit}`
  }
  return `${duration}ms`
}

/** ISO 8601 in UTC. */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString()
}
