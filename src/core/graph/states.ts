import {bug} from '../base/bug.ts'
import type {MaybeState, Mode, Release, Service, Speech, State} from './system.ts'

/** Every state a service can be in while it is deployed: ascending by release, then in the order of its modes. */
export function statesOf(service: Service): readonly State[] {
  return service.releases.flatMap(statesOfRelease)
}

/** The states of one release, in the order of its modes. */
export function statesOfRelease(release: Release): readonly State[] {
  if (release.modes.length === 0) return [{release: release.version, mode: null}]
  return release.modes.map(mode => ({release: release.version, mode: mode.name}))
}

/** What a state without a mode named means: the last mode of its release. */
export function lastStateOf(release: Release): State {
  return {release: release.version, mode: release.modes.at(-1)?.name ?? null}
}

/** Asked of every state of every service, many times over, so it looks in the plainest way. */
export function releaseOf({name, releases}: Service, state: State): Release {
  const {release: version} = state
  for (let each = 0; each < releases.length; each++) {
    const release = releases[each] as Release
    if (release.version === version) return release
  }
  return bug(`${name} has no release ${version}`)
}

/** The mode of a state; undefined where its release has none. */
export function modeOf(release: Release, state: State): Mode | undefined {
  if (state.mode === null) return undefined
  return release.modes.find(mode => mode.name === state.mode) ?? bug(`${release.version} has no mode ${state.mode}`)
}

/** What a state says on contracts: its mode's words where it has any on a contract, else its release's. */
export function speechOf(service: Service, state: State): Speech {
  const release = releaseOf(service, state)
  const mode = modeOf(release, state)
  if (!mode) return release
  const known = speeches.get(mode)
  if (known?.release === release) return known
  const speech = {
    release,
    provides: new Map([...release.provides, ...mode.provides]),
    consumes: new Map([...release.consumes, ...mode.consumes]),
  }
  speeches.set(mode, speech)
  return speech
}

/** Facts never change, and what a mode says is asked again and again. */
const speeches = new WeakMap<Mode, Speech & {readonly release: Release}>()

/** Whether there is no way from a state to a lower release or an earlier mode. */
export function isIrreversible(service: Service, state: State): boolean {
  const release = releaseOf(service, state)
  return release.irreversible || (modeOf(release, state)?.irreversible ?? false)
}

export function sameState(a: MaybeState, b: MaybeState): boolean {
  return a === b || (a !== null && b !== null && a.release === b.release && a.mode === b.mode)
}

/** `2.0.0`, `2.0.0:v1`, or `nothing`. */
export function stateText(state: MaybeState): string {
  if (state === null) return 'nothing'
  return state.mode === null ? state.release : `${state.release}:${state.mode}`
}
