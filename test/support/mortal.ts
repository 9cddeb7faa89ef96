import type {Deps} from '../../src/engine/rollout.ts'

/** A process that answers nothing any more, and is answered nothing, from when `dies` says so. */
export function mortal(deps: Deps, dies: () => boolean): Deps {
  const {state} = deps
  const never = () => new Promise<never>(() => {})
  return {
    ...deps,
    state: {
      ...state,
      append: (...args) => (dies() ? never() : state.append(...args)),
      renew: (...args) => (dies() ? never() : state.renew(...args)),
      release: (...args) => (dies() ? never() : state.release(...args)),
      asked: (...args) => (dies() ? never() : state.asked(...args)),
    },
    clock: {...deps.clock, sleep: (...args) => (dies() ? never() : deps.clock.sleep(...args))},
  }
}
