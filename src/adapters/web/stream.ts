import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Channel, News} from './channel.ts'

const ALIVE_MS = 15_000

/**
 * Tells what a channel says as server-sent events. Whoever cannot take it in as quickly as it comes is told nothing
 * meanwhile, and the whole of the last news when there is room again: nothing piles up for a page that sleeps.
 */
export function stream(live: Channel, request: IncomingMessage, response: ServerResponse): void {
  let isBehind = true
  let missed: News | undefined
  const tell = (news: News) => {
    if (response.writableNeedDrain) {
      isBehind = true
      missed = news
      return
    }
    response.write(`data: ${isBehind ? news.whole : news.change}\n\n`)
    isBehind = false
    missed = undefined
  }
  response.write('retry: 1000\n\n')
  response.on('drain', () => missed && tell(missed))
  const leave = live.join(tell)
  const alive = setInterval(() => response.write(': alive\n\n'), ALIVE_MS)
  request.once('close', () => {
    clearInterval(alive)
    leave()
  })
}
