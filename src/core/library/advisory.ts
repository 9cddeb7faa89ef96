import satisfies from 'semver/functions/satisfies.js'

/** How bad it is, as GitHub, npm and OSV say it; `unknown` where they do not. */
export type Severity = 'critical' | 'high' | 'moderate' | 'low' | 'unknown'

/** A weakness of one library that somebody has published. */
export interface Advisory {
  /** `GHSA-...`, `CVE-...`, or the number of its database. */
  readonly id: string
  readonly library: string
  readonly title: string
  readonly severity: Severity
  readonly url?: string
  /** Ranges of versions that have it, as semver writes them; any of them. */
  readonly vulnerable: readonly string[]
  /** Single versions that have it, for libraries whose versions semver does not order. */
  readonly versions: readonly string[]
}

/** Whether this version has the weakness. */
export function affects({vulnerable, versions}: Advisory, version: string): boolean {
  return versions.includes(version) || vulnerable.some(range => satisfies(version, range, {includePrerelease: true}))
}

const RANKS: readonly Severity[] = ['critical', 'high', 'moderate', 'low', 'unknown']

/** The worst of several; `unknown` for none. */
export function worst(advisories: readonly Advisory[]): Severity {
  return RANKS.find(rank => advisories.some(({severity}) => severity === rank)) ?? 'unknown'
}

/** 0 is the worst. */
export function rankOf(severity: Severity): number {
  return RANKS.indexOf(severity)
}
