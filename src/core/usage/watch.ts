import type {EvidenceKind} from '../config/config.ts'
import {classifier, type Classify, type WatchedContract} from './calls.ts'
import {STRONGEST_FIRST} from './identity.ts'
import {pathReadings} from './path.ts'

/** What is looked for in traffic. */
export interface Watch {
  readonly contracts: readonly WatchedContract[]
  /** Back ends of services that provide none of the contracts. */
  readonly otherBackends?: readonly string[]
  /** By what a client is known, the first that is there. */
  readonly order?: readonly EvidenceKind[]
  /** Beginnings of paths that are explained and not counted: health checks, for one. */
  readonly ignorePaths?: readonly string[]
}

/** A {@link Watch} made ready, with what a fast reader must know of it. */
export interface ReadyWatch {
  readonly classify: Classify
  readonly order: readonly EvidenceKind[]
  /** The headers that contracts look at, in lower case, each once. */
  readonly headers: readonly string[]
  /** How many segments of a path decide; what follows them changes nothing, unless a server could read the path in two ways. */
  readonly depth: number
  /** The query decides too. */
  readonly usesQuery: boolean
  /** Nothing is looked for. */
  readonly isEmpty: boolean
}

export function readyWatch({contracts, otherBackends, order, ignorePaths = []}: Watch): ReadyWatch {
  const calls = contracts.map(contract => contract.calls)
  const patterns = [...calls.filter(call => call.in === 'path').map(call => call.pattern), ...ignorePaths]
  return {
    classify: ignoring(ignorePaths, classifier(contracts, otherBackends)),
    order: order ?? STRONGEST_FIRST,
    headers: [...new Set(calls.filter(call => call.in === 'header').map(call => call.name.toLowerCase()))],
    depth: Math.max(1, ...patterns.map(pattern => pattern.replace(/\/$/, '').split('/').length - 1)),
    usesQuery: calls.some(call => call.in === 'query'),
    isEmpty: contracts.length === 0,
  }
}

/** Only where every reading of the path is one to ignore. */
function ignoring(paths: readonly string[], classify: Classify): Classify {
  if (paths.length === 0) return classify
  const isIgnored = (path: string) =>
    paths.some(ignored => path === ignored || path.startsWith(ignored.endsWith('/') ? ignored : `${ignored}/`))
  return request => (pathReadings(request.target).every(isIgnored) ? [] : classify(request))
}
