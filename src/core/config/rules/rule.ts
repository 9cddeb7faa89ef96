import type {DriverConfig} from '../config.ts'
import type {ContractName, ServiceName} from '../facts.ts'
import type {WrittenFile} from '../written/file.ts'
import type {WrittenRelease, WrittenSpeech} from '../written/release.ts'
import type {Finding} from '../shape/shape.ts'
import {didYouMean} from '../shape/nearest.ts'
import type {Path} from '../yaml/places.ts'

/** Looks at a file that is well formed for one thing that is wrong between its parts. */
export type Rule = (file: WrittenFile, known: Known) => Iterable<Finding>

/** What the file cannot know by itself. */
export interface Known {
  /** Names of the drivers that this release of Sluice brings. */
  readonly runtimes: readonly string[]
  readonly balancers: readonly string[]
  /** What is wrong with a driver's own keys; without it, the driver says so when it is opened. */
  readonly amiss?: (kind: 'runtime' | 'balancer', driver: DriverConfig) => readonly AmissOption[]
}

/** One option that is wrong; without a key, what is not there. */
export interface AmissOption extends Omit<Finding, 'path'> {
  readonly key?: string
}

/** The facts of releases, by service and version, whether they come from the file or from manifests. */
export type Facts = ReadonlyMap<ServiceName, FactsOfService>

export interface FactsOfService {
  readonly releases?: ReadonlyMap<string, Omit<WrittenRelease, 'run'>>
  /** Where it is there, the file alone does not know all releases. */
  readonly repo?: string
}

/** Told of everything that says something on contracts: releases, and modes of releases. */
export type Hearer = (service: ServiceName, speech: WrittenSpeech, path: () => Path) => void

/** Called for each of tens of thousands of releases, so nothing is made that is not asked for. */
export function hear(facts: Facts, hearer: Hearer): void {
  for (const [service, {releases}] of facts) {
    if (!releases) continue
    for (const [version, release] of releases) {
      const path = () => ['services', service, 'releases', version]
      hearer(service, release, path)
      if (release.modes)
        for (const [mode, speech] of release.modes) hearer(service, speech, () => [...path(), 'modes', mode])
    }
  }
}

/** Every contract that some release provides, with the service that does; the first, where there are several. */
export function serversOf(facts: Facts): Map<ContractName, ServiceName> {
  const servers = new Map<ContractName, ServiceName>()
  hear(facts, (service, {provides}) => {
    if (provides) for (const contract of provides.keys()) if (!servers.has(contract)) servers.set(contract, service)
  })
  return servers
}

/** A finding on a value, or on a key. */
export function finding(path: Path, message: string, hint?: string, on: 'key' | 'value' = 'value'): Finding {
  return {path, on, message, ...(hint === undefined ? {} : {hint})}
}

const MOST_GUESSES = 100

/** `did you mean`, which stops guessing where a file is so wrong that guessing would take minutes. */
export function guesser(known: Iterable<string>, what: string): (wrong: string) => string | undefined {
  const names = [...known]
  let guesses = 0
  return wrong => (guesses++ < MOST_GUESSES ? didYouMean(wrong, names, what) : undefined)
}
