import type {
  Contract,
  Excuse,
  MaybeState,
  Mode,
  Question,
  Release,
  Service,
  State,
} from '../../src/core/graph/system.ts'

/** A release in few words: lists and single texts as in `sluice.yaml`. */
export interface Said {
  readonly provides?: Readonly<Record<string, string | readonly string[]>>
  readonly consumes?: Readonly<Record<string, string>>
  readonly modes?: Readonly<Record<string, Said>>
  readonly upgradesFrom?: string | {readonly release: string; readonly mode?: string}
  readonly irreversible?: boolean
}

export interface Asked {
  /** Releases of each service, ascending. */
  readonly services: Readonly<Record<string, Readonly<Record<string, Said>>>>
  readonly after?: Readonly<Record<string, readonly string[]>>
  readonly apart?: readonly (readonly string[])[]
  readonly strict?: readonly string[]
  /** `2.0.0`, `2.0.0:v1`; without a mode, the last one. */
  readonly current: Readonly<Record<string, string>>
  /** `none` takes a service away. */
  readonly target: Readonly<Record<string, string>>
  readonly excuses?: readonly Excuse[]
}

/** A planning question in few words. */
export function question(asked: Asked): Question {
  const services = new Map(
    Object.entries(asked.services).map(([name, releases]): [string, Service] => [
      name,
      {
        name,
        releases: Object.entries(releases).map(([version, said]) => release(version, said)),
        after: asked.after?.[name] ?? [],
      },
    ]),
  )
  const contracts = new Map(
    (asked.strict ?? []).map((name): [string, Contract] => [name, {name, compatibility: 'strict'}]),
  )
  const state = (name: string, text: string): MaybeState => {
    if (text === 'none') return null
    const [version, mode] = text.split(':')
    const found = services.get(name)?.releases.find(each => each.version === version)
    if (!found) throw new Error(`${name} has no release ${version}`)
    return {release: found.version, mode: mode ?? found.modes.at(-1)?.name ?? null}
  }
  return {
    system: {name: 'shop', contracts, services, apart: asked.apart ?? []},
    environment: 'production',
    current: new Map(Object.entries(asked.current).map(([name, text]) => [name, state(name, text) as State])),
    target: new Map(Object.entries(asked.target).map(([name, text]) => [name, state(name, text)])),
    excuses: asked.excuses ?? [],
  }
}

function release(version: string, said: Said): Release {
  const from = said.upgradesFrom
  return {
    version,
    ...speech(said),
    modes: Object.entries(said.modes ?? {}).map(
      ([name, mode]): Mode => ({name, ...speech(mode), irreversible: mode.irreversible ?? false}),
    ),
    ...(from !== undefined && {upgradesFrom: typeof from === 'string' ? {release: from} : from}),
    irreversible: said.irreversible ?? false,
  }
}

function speech(said: Said) {
  const list = (texts: string | readonly string[]): readonly string[] => (typeof texts === 'string' ? [texts] : texts)
  return {
    provides: new Map(Object.entries(said.provides ?? {}).map(([contract, texts]) => [contract, list(texts)])),
    consumes: new Map(Object.entries(said.consumes ?? {})),
  }
}
