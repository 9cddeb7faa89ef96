import {Agent, request} from 'undici'

/** One request that did not get the page it asked for. */
export interface Spoiled {
  /** When it was sent. */
  readonly sentAt: number
  /** When the answer, or its absence, was known: milliseconds since 1970, as events are stamped. */
  readonly at: number
  readonly why: string
}

/** What the load has seen so far. Every request that was sent is in `requests`, answered or not. */
export interface Seen {
  readonly requests: number
  readonly spoiled: readonly Spoiled[]
}

/** Steady traffic on one address until it is stopped. */
export interface Load {
  seen(): Seen
  /** Sends no more, waits for what is in flight, and answers with the final count. */
  stop(): Promise<Seen>
}

const TIMEOUT_MS = 5000

/**
 * An open load: requests leave at a steady rate whatever the answers do, so a slow system cannot hide its slowness by
 * being asked less. Nothing is retried; whatever is not a 200 with a whole page counts as spoiled.
 * @param address `host:port`
 */
export function startLoad(address: string, perSecond: number): Load {
  const agent = new Agent({connections: 32, keepAliveTimeout: 4000})
  const count: {requests: number; spoiled: Spoiled[]} = {requests: 0, spoiled: []}
  const inFlight = new Set<Promise<void>>()
  const began = performance.now()

  const sendDue = () => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    while (count.requests < due) {
      const id = ++count.requests
      const sentAt = Date.now()
      const asked = ask(agent, `http://${address}/?id=${id % 50}`)
        .then(why => void (why === undefined || count.spoiled.push({sentAt, at: Date.now(), why})))
        .finally(() => inFlight.delete(asked))
      inFlight.add(asked)
    }
  }
  const timer = setInterval(sendDue, 5)

  return {
    seen: () => ({requests: count.requests, spoiled: [...count.spoiled]}),
    stop: async () => {
      clearInterval(timer)
      await Promise.all(inFlight)
      await agent.close()
      return count
    },
  }
}

/** Why the answer is no whole page; undefined where it is one. */
async function ask(dispatcher: Agent, url: string): Promise<string | undefined> {
  try {
    const answer = await request(url, {dispatcher, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS})
    const text = await answer.body.text()
    if (answer.statusCode !== 200) return `${answer.statusCode}: ${text.slice(0, 200)}`
    const page = JSON.parse(text) as {order?: unknown; item?: unknown}
    return page.order && page.item ? undefined : `half a page: ${text.slice(0, 200)}`
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
  }
}
