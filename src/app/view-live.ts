import {clock} from '../adapters/clock.ts'
import {holders} from '../adapters/holders.ts'
import type {News} from '../adapters/web/channel.ts'
import {ok, type Result} from '../core/base/result.ts'
import {isoOf, type Percent} from '../core/base/units.ts'
import type {ServiceName} from '../core/graph/system.ts'
import {type LiveStep, liveStepsOf} from '../core/rollout/live.ts'
import {poolIdOf} from '../core/rollout/pool.ts'
import {stateOf} from '../core/rollout/rollout-state.ts'
import {phaseShown} from '../core/rollout/show.ts'
import {holderOf} from '../engine/ask.ts'
import {reread} from '../engine/reread.ts'
import type {Sampled} from '../engine/shares.ts'
import type {Rollout, State} from '../ports/state.ts'
import {changeSince, type LiveDocument, liveDocument, type RolloutDocument} from '../report/page/live-document.ts'
import {PLAIN} from '../report/look.ts'
import {eventLine} from '../report/rollout/line.ts'
import {withRecord} from './record.ts'
import {type Measuring, measuring} from './view-measured.ts'
import {rolloutOf, type Scene} from './view-scene.ts'
import {openDrivers} from './world.ts'

/** How often the record is asked whether there is anything new. */
const LOOK_MS = 500
/** How many of the latest lines of the journal are shown. */
const LINES = 12

/** Reads the record over and over, and counts requests of what moves, until nobody listens any more. */
export async function follow(scene: Scene, say: (news: News) => void, signal: AbortSignal): Promise<void> {
  const {loaded, posed} = scene.read
  const drivers = await openDrivers(loaded.config, posed.environment)
  await withRecord(loaded.config, async state => {
    const look = looking(scene, state, measuring(drivers.ok ? drivers.value : undefined))
    let before: LiveDocument | undefined
    while (!signal.aborted) {
      const now = await look()
      if (now !== before) say(newsOf(before, now))
      before = now
      await clock.sleep(LOOK_MS, signal)
    }
  })
}

/** The time goes with it, since the clock of whoever looks on may be another. */
function newsOf(before: LiveDocument | undefined, now: LiveDocument): News {
  const at = clock.now()
  return {whole: JSON.stringify({...now, at}), change: JSON.stringify({...changeSince(before, now), at})}
}

/** What a document was made from: it is made anew only when one of these is another. */
interface Seen {
  readonly rollout: Rollout
  /** Who carries it out. */
  readonly by: string | undefined
  readonly shares: ReadonlyMap<ServiceName, Percent>
}

/** Answers with the very same document as long as nothing has changed. */
function looking(scene: Scene, state: State, measured: Measuring): () => Promise<LiveDocument> {
  const {environment} = scene.read.posed
  const read = reread(state, environment.name)
  let last: (Seen & {readonly sampled: readonly Sampled[]; readonly document: RolloutDocument}) | undefined
  let unknown: LiveDocument = IDLE
  return async () => {
    const found = await heldBy(state, environment.name, await rolloutOf(scene, state, read))
    if (!found.ok) {
      const why = found.failure.message
      if (unknown.is !== 'unknown' || unknown.why !== why) unknown = {is: 'unknown', why}
      return unknown
    }
    if (!found.value) return IDLE
    const seen = {...found.value, shares: measured(last?.sampled ?? [])}
    if (last?.rollout === seen.rollout && last.by === seen.by && last.shares === seen.shares) return last.document
    const made = documentOf(scene, seen)
    last = {...seen, ...made}
    return last.document
  }
}

const IDLE: LiveDocument = {is: 'idle'}

async function heldBy(
  state: State,
  environment: string,
  found: Result<Rollout | undefined>,
): Promise<Result<Omit<Seen, 'shares'> | undefined>> {
  if (!found.ok) return found
  const rollout = found.value
  if (!rollout) return ok(undefined)
  const holder = await holderOf({state, holders}, environment, rollout.id)
  if (!holder.ok) return holder
  const owner = holder.value?.owner
  return ok({rollout, by: owner && `${owner.name} on ${owner.host}`})
}

function documentOf(scene: Scene, {rollout, by, shares}: Seen) {
  const {services} = scene.read.posed.environment
  const {id, plan, entries} = rollout
  const state = stateOf(plan, entries)
  const steps = liveStepsOf(plan, state, entries, services)
  const headline = {
    id,
    state: phaseShown(state),
    ...(by !== undefined && {by}),
    ...(state.why && {error: state.why.message}),
  }
  return {document: liveDocument(headline, steps, shares, saidLast(rollout)), sampled: sampledOf(scene, plan, steps)}
}

/** Those whose shares move. */
function sampledOf(scene: Scene, plan: Rollout['plan'], steps: readonly LiveStep[]): readonly Sampled[] {
  const {services} = scene.read.posed.environment
  const moving = new Set(steps.filter(({is}) => is === 'holding' || is === 'acting').map(({id}) => id))
  return plan.steps.flatMap(({id, service: name, to}) => {
    const service = services.get(name)
    return moving.has(id) && service && to ? [{service, pool: poolIdOf(to)}] : []
  })
}

/** The last lines of the journal. */
function saidLast({id, entries}: Rollout): RolloutDocument['said'] {
  const said: {readonly at: string; readonly text: string}[] = []
  for (let index = entries.length - 1; index >= 0 && said.length < LINES; index--) {
    const entry = entries[index]
    const text = entry && eventLine({at: entry.at, rollout: id, ...entry.record}, PLAIN)
    if (entry && text !== undefined) said.unshift({at: isoOf(entry.at), text})
  }
  return said
}
