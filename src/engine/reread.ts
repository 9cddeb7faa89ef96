import type {Result} from '../core/base/result.ts'
import {ok} from '../core/base/result.ts'
import type {Rollout, State} from '../ports/state.ts'

/** Reads a rollout again and again; of one that is known, only what was added since is asked for. */
export function reread(
  state: Pick<State, 'load' | 'later'>,
  environment: string,
): (id: string) => Promise<Result<Rollout>> {
  let known: Rollout | undefined
  return async id => {
    if (known?.id !== id) {
      const loaded = await state.load(environment, id)
      if (loaded.ok) known = loaded.value
      return loaded
    }
    const later = await state.later(environment, id, known.entries.length)
    if (!later.ok) return later
    if (later.value.length > 0) known = {...known, entries: [...known.entries, ...later.value]}
    return ok(known)
  }
}
