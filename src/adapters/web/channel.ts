/** The same news twice: for whoever has heard nothing yet, and for whoever has heard all that came before. */
export interface News {
  readonly whole: string
  readonly change: string
}

/** What one loop finds out, told to everybody who listens; the loop runs only while somebody does. */
export interface Channel {
  /** Hears the last news, and all that come. Answers how to leave. */
  readonly join: (listener: (news: News) => void) => () => void
  readonly end: () => void
}

/** @param talk says things until the signal is aborted */
export function channel(talk: (say: (news: News) => void, signal: AbortSignal) => Promise<void>): Channel {
  const listeners = new Set<(news: News) => void>()
  let last: News | undefined
  let running: AbortController | undefined

  const say = (news: News) => {
    last = news
    for (const listener of listeners) listener(news)
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
      if (last) listener(last)
      begin()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) rest()
      }
    },
    end: rest,
  }
}
