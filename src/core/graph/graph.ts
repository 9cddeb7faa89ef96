import {byText} from '../base/order.ts'
import type {Edge} from './edges.ts'
import type {ContractName, Release, Service, ServiceName, System} from './system.ts'

/** The document of `graph --json`. */
export interface Graph {
  readonly system: string
  readonly services: readonly GraphService[]
  /** By client, server and contract. */
  readonly edges: readonly Edge[]
}

export interface GraphService {
  readonly name: ServiceName
  /** Ascending, as written. */
  readonly releases: readonly string[]
  /** Contracts that some release serves. */
  readonly provides: readonly ContractName[]
  /** Contracts that some release calls, also those that nobody in the system serves. */
  readonly consumes: readonly ContractName[]
  readonly after: readonly ServiceName[]
}

/** The system as a picture needs it: who is there, and who calls whom. */
export function graphOf(system: System, edges: readonly Edge[]): Graph {
  const services = [...system.services.values()].map(graphService).sort((a, b) => byText(a.name, b.name))
  return {system: system.name, services, edges}
}

function graphService({name, releases, after}: Service): GraphService {
  const speeches = releases.flatMap((release: Release) => [release, ...release.modes])
  return {
    name,
    releases: releases.map(({version}) => version),
    provides: sorted(speeches.flatMap(({provides}) => [...provides.keys()])),
    consumes: sorted(speeches.flatMap(({consumes}) => [...consumes.keys()])),
    after: [...after],
  }
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(byText)
}
