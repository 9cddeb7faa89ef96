import {byText} from '../base/order.ts'
import type {ServiceName} from '../graph/system.ts'
import {type Advice, adviceOn, type MatrixSays, TAKES} from './advice.ts'
import {type Advisory, rankOf, worst} from './advisory.ts'
import type {Dependency} from './dependency.ts'
import {type Update, updatesOf} from './update.ts'

/** What is known of the libraries of one service. */
export interface Inventory {
  readonly service: ServiceName
  readonly commit: string
  readonly dependencies: readonly Dependency[]
  /** Versions that can be had, by library; one that is missing was not asked for, or nobody answered. */
  readonly available: ReadonlyMap<string, readonly string[]>
  readonly advisories: readonly Advisory[]
  readonly matrix?: MatrixSays
}

/** An update, and what to do about it. */
export type Advised = Update & Advice

/** The updates of one service, those that cannot wait first. */
export interface Outdated {
  readonly service: ServiceName
  readonly commit: string
  /** How many libraries were looked at. */
  readonly libraries: number
  readonly updates: readonly Advised[]
}

/** What to take, and when: sorted by the rule, then the worst first, then by name. */
export function outdatedOf({service, commit, dependencies, available, advisories, matrix}: Inventory): Outdated {
  const updates = dependencies
    .flatMap(dependency => updatesOf(dependency, available.get(dependency.name) ?? [], advisories))
    .map(update => ({...update, ...adviceOn(update, matrix)}))
  return {service, commit, libraries: dependencies.length, updates: updates.toSorted(byUrgency)}
}

function byUrgency(a: Advised, b: Advised): number {
  return (
    TAKES.indexOf(a.take) - TAKES.indexOf(b.take) ||
    rankOf(worst(a.advisories)) - rankOf(worst(b.advisories)) ||
    Number(a.development) - Number(b.development) ||
    byText(a.library, b.library)
  )
}
