/** What one loop finds out, told to everybody who listens; the loop runs only while somebody does. */
export interface Channel<T> {
  /** Hears the last thing that was said, and all that comes. Answers how to leave. */
  readonly join: (listener: (said: T) => void) => () => void
  readonly end: () => void
}

/** @param talk says things until the signal is aborted */
export function channel<T>(talk: (say: (said: T) => void, signal: AbortSignal) => Promise<void>): Channel<T> {
  const listeners = new Set<(said: T) => void>()
  let last: {readonly said: T} | undefined
  let running: AbortController | undefined

  const say = (said: T) => {
    last = {said}
    for (const listener of listeners) listener(said)
  }
  const begin = () => {
    if (running) return
    running = new AbortController()
    void talk(say, running.signal)
  }
  const rest = () => {
    running?.abort('nobody listens')
    running = undefined
    last = undefined
  }
  return {
    join(listener) {
      listeners.add(listener)
      if (last) listener(last.said)
      begin()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) rest()
      }
    },
    end: rest,
  }
}
