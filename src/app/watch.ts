import {clock} from '../adapters/clock.ts'
import {holders} from '../adapters/holders.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {DurationMs} from '../core/base/units.ts'
import {type RolloutShown, shown} from '../core/rollout/show.ts'
import {holderOf} from '../engine/ask.ts'
import {reread} from '../engine/reread.ts'
import type {Emit} from '../ports/emit.ts'
import type {Rollout} from '../ports/state.ts'
import {inEnvironment, type WhereIn} from './rollouts.ts'

const LOOK_MS: DurationMs = 300
/** Whoever takes a rollout up needs a moment between the record and the lock. */
const GRACE_MS: DurationMs = 3_000

/** For how long, and until when. */
export interface Watching {
  readonly timeoutMs?: DurationMs
  readonly signal?: AbortSignal
}

/** Follows a rollout by its record, whoever carries it out, until it rests or has ended. */
export async function watchRollout(
  where: WhereIn,
  id: string,
  emit: Emit,
  {timeoutMs = Infinity, signal}: Watching,
): Promise<Result<RolloutShown>> {
  return inEnvironment(where, async (state, environment) => {
    const began = clock.monotonic()
    const look = onlooker(reread(state, environment), emit)
    let heldAt = began
    for (;;) {
      const looked = await look(id)
      if (!looked.ok) return looked
      const document = looked.value
      if (document.state !== 'running' || signal?.aborted) return ok(document)
      const holder = await holderOf({state, holders}, environment, document.id)
      if (!holder.ok) return holder
      const now = clock.monotonic()
      if (holder.value) heldAt = now
      else if (now - heldAt > GRACE_MS) return fail(abandoned(document.id))
      if (now - began > timeoutMs) return fail(late(document.id))
      await clock.sleep(LOOK_MS, signal)
    }
  })
}

/** Tells what is new since the last look, and how the rollout stands now. */
function onlooker(read: ReturnType<typeof reread>, emit: Emit): (id: string) => Promise<Result<RolloutShown>> {
  let last: {readonly rollout: Rollout; readonly document: RolloutShown} | undefined
  return async id => {
    const now = await read(id)
    if (!now.ok) return now
    const rollout = now.value
    if (last?.rollout === rollout) return ok(last.document)
    for (const {at, seq, record} of rollout.entries.slice(last?.rollout.entries.length ?? 0))
      emit({at, rollout: rollout.id, entry: seq, ...record})
    last = {rollout, document: shown(rollout)}
    return ok(last.document)
  }
}

function abandoned(id: string) {
  return failure('halted', {
    message: `nobody carries rollout ${id} out any more, and it has not come to its end`,
    hint: `go on with \`sluice rollout resume ${id}\``,
  })
}

function late(id: string) {
  return failure('waiting', {message: `rollout ${id} is still running`, hint: 'watch on with a longer --timeout'})
}
