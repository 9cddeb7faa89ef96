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
}

/** The facts of releases, by service and version, whether they come from the file or from manifests. */
export type Facts = ReadonlyMap<ServiceName, FactsOfService>

export interface FactsOfService {
  readonly releases?: ReadonlyMap<string, Omit<WrittenRelease, 'run'>>
  /** Where it is there, the file alone does not know all releases. */
  readonly repo?: string
}

/** One release, or one mode of it, and where it stands. */
export interface Speaking {
  readonly service: ServiceName
  readonly speech: WrittenSpeech
  readonly path: Path
}

/** Everything that says something on contracts. */
export function* speaking(facts: Facts): Generator<Speaking> {
  for (const [service, {releases}] of facts) {
    for (const [version, release] of releases ?? []) {
      const path = ['services', service, 'releases', version]
      yield {service, speech: release, path}
      for (const [mode, speech] of release.modes ?? []) yield {service, speech, path: [...path, 'modes', mode]}
    }
  }
}

/** Every contract that some release provides. */
export function providedContracts(facts: Facts): Set<ContractName> {
  const contracts = new Set<ContractName>()
  for (const {speech} of speaking(facts)) for (const contract of speech.provides?.keys() ?? []) contracts.add(contract)
  return contracts
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
