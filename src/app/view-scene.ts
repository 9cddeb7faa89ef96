import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {type Talk, talksOf} from '../core/plan/talks.ts'
import {endsWith} from '../core/rollout/rollout-state.ts'
import type {Rollout, State} from '../ports/state.ts'
import {answer, gated} from './plan.ts'
import {pose, type Posed} from './question.ts'
import {withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'
import {type LoadedSystem, loadSystemIn} from './system.ts'

/** What a page is to be about. */
export interface SceneAsked extends WhereIn {
  /** A rollout; without it the newest one that is under way, and where there is none, the plan as it would be now. */
  readonly rollout?: string
  readonly timeLimitMs: number
}

/** What the page is about, and from where. */
export interface Scene {
  readonly asked: SceneAsked
  /** The files and the record, as they were when somebody opened the page last. */
  read: Posing
  /** The rollout that was last seen under way: it is shown on after its end, until another one begins. */
  followed: string | undefined
}

interface Posing {
  readonly loaded: LoadedSystem
  readonly posed: Posed
}

export async function sceneOf(asked: SceneAsked): Promise<Result<Scene>> {
  const read = await posing(asked)
  return read.ok ? ok({asked, read: read.value, followed: undefined}) : read
}

async function posing(asked: SceneAsked): Promise<Result<Posing>> {
  const loaded = await loadSystemIn(asked, asked.env)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: asked.env})
  return posed.ok ? ok({loaded: loaded.value, posed: posed.value}) : posed
}

/** The plan to draw, and the rollout that carries it out, where one does. */
export interface Pictured {
  readonly plan: Plan | NoPlan
  readonly rollout?: Rollout
  readonly talks: readonly Talk[]
}

/** What there is to show, by the files and the record as they are now. */
export async function pictured(scene: Scene): Promise<Result<Pictured>> {
  const read = await posing(scene.asked)
  if (!read.ok) return read
  scene.read = read.value
  const found = await shownNow(scene)
  if (!found.ok) return found
  const {question} = read.value.posed
  const plan = found.value?.plan ?? gated(answer(question, scene.asked.timeLimitMs), read.value.posed)
  const talks = plan.steps === null ? [] : talksOf(question.system, plan, question.current)
  return ok({plan, talks, ...(found.value && {rollout: found.value})})
}

/** The id of the rollout that the page is about. */
export async function shownId(scene: Scene): Promise<Result<string>> {
  const found = await shownNow(scene)
  if (!found.ok) return found
  return found.value ? ok(found.value.id) : fail(failure('not-found', {message: 'no rollout is under way'}))
}

function shownNow(scene: Scene): Promise<Result<Rollout | undefined>> {
  const {loaded, posed} = scene.read
  return withRecord(loaded.config, state => rolloutOf(scene, state, id => state.load(posed.environment.name, id)))
}

/** The rollout that the page is about just now, read in a way of the caller's. */
export async function rolloutOf(
  scene: Scene,
  state: Pick<State, 'newest'>,
  read: (id: string) => Promise<Result<Rollout>>,
): Promise<Result<Rollout | undefined>> {
  if (scene.asked.rollout !== undefined) return read(scene.asked.rollout)
  const newest = await state.newest(scene.read.posed.environment.name)
  if (!newest.ok) return newest
  if (newest.value !== undefined && newest.value !== scene.followed) {
    const rollout = await read(newest.value)
    if (!rollout.ok) return rollout
    if (!endsWith(rollout.value.entries)) scene.followed = newest.value
  }
  return scene.followed === undefined ? ok(undefined) : read(scene.followed)
}
