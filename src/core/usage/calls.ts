import type {ContractConfig} from '../config/config.ts'
import type {ContractName} from '../graph/system.ts'
import {pathReadings} from './path.ts'
import {matcherOf, type Matcher, type Version} from './pattern.ts'

/** One request, as far as it tells which contract version it calls. */
export interface Called {
  /** The request target as sent: path and query, or a whole URL. */
  readonly target: string
  /** A header's value; the name is given in lower case. */
  header(name: string): string | undefined
  /** The method that a JSON-RPC body asks for, where known. */
  readonly rpc?: string
  /** Name of the balancer's back end that the request went to, where known. */
  readonly backend?: string
}

/** A call to one contract. Without a major it looks like the contract and names no version. */
export interface Seen {
  readonly contract: ContractName
  readonly major: number | null
  readonly minor: number | null
}

/** A contract with what is known of where its calls go. */
export interface WatchedContract {
  readonly name: ContractName
  readonly calls: NonNullable<ContractConfig['calls']>
  /** The back ends of the services that provide it; empty where that is not known. */
  readonly backends: readonly string[]
}

/** Tells which contract versions a request calls. */
export type Classify = (request: Called) => readonly Seen[]

/**
 * Makes the one judgement on "which version is this call", used for logs and for the embedded balancer alike. A request
 * that may be a call to any of several contracts is a call to each of them, since counting one too many blocks a
 * retirement, and counting one too few breaks a client. `otherBackends` are back ends of services that provide none of them.
 */
export function classifier(contracts: readonly WatchedContract[], otherBackends: readonly string[] = []): Classify {
  const watched = contracts.map(contract => ({contract, matcher: matcherOf(contract.calls)}))
  const known = new Set([...otherBackends, ...contracts.flatMap(contract => contract.backends)])
  return request => {
    const here = watched.filter(({contract}) => mayServe(contract, request.backend, known))
    const seen = here.flatMap(({contract, matcher}) => judge(contract, matcher, request, watched.length === 1))
    const versioned = seen.filter(call => call.major !== null)
    return versioned.length > 0 ? versioned : seen
  }
}

/** A back end that belongs to somebody decides; one that nobody knows decides nothing. */
function mayServe(contract: WatchedContract, backend: string | undefined, known: ReadonlySet<string>): boolean {
  return backend === undefined || !known.has(backend) || contract.backends.includes(backend)
}

function judge(contract: WatchedContract, matcher: Matcher, request: Called, only: boolean): readonly Seen[] {
  const {versions, concerned} = reading(contract, matcher, request, only)
  const majors = new Set(versions.map(version => version.major))
  const first = versions[0]
  // Two readings of one request that name two versions name none: nobody may guess here.
  if (first && majors.size === 1) return [{contract: contract.name, ...first}]
  return first || concerned ? [{contract: contract.name, major: null, minor: null}] : []
}

interface Reading {
  readonly versions: readonly Version[]
  /** The request is the contract's even without a version. */
  readonly concerned: boolean
}

function reading({calls, backends}: WatchedContract, matcher: Matcher, request: Called, only: boolean): Reading {
  const mine = request.backend !== undefined && backends.includes(request.backend)
  if (calls.in === 'path') {
    const readings = pathReadings(request.target)
    return {
      versions: given(readings.map(path => matcher.read(path))),
      concerned: readings.some(path => matcher.concerns(path)),
    }
  }
  if (calls.in === 'rpc') {
    if (request.rpc === undefined) return {versions: [], concerned: mine}
    return {versions: given([matcher.read(request.rpc)]), concerned: matcher.concerns(request.rpc)}
  }
  const texts =
    calls.in === 'header' ? [request.header(calls.name.toLowerCase())] : queryValues(request.target, calls.name)
  return {versions: given(texts.map(text => (text === undefined ? null : matcher.read(text)))), concerned: mine || only}
}

function given(versions: readonly (Version | null)[]): readonly Version[] {
  return versions.filter(version => version !== null)
}

/** Every value that the query gives a name, decoded. */
function queryValues(target: string, name: string): readonly string[] {
  const start = target.indexOf('?')
  return start < 0 ? [] : new URLSearchParams(target.slice(start + 1)).getAll(name)
}
