import {send} from '../../test/support/traffic.ts'
import type {Backends} from './backends.ts'

const STRETCH = 1000
const STRETCHES = 3

/** How far the second server's share is from the one asked, in points, in the worst of some stretches of 1,000 requests. */
export async function worstSplit(
  address: string,
  backends: Backends,
  connections: number,
  share: number,
): Promise<number> {
  let worst = 0
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    await backends.asked()
    const {failures} = await send(address, {requests: STRETCH, connections})
    if (failures.length > 0) throw new Error(`${failures.length} requests failed: ${failures[0]}`)
    const [, two] = await backends.asked()
    worst = Math.max(worst, Math.abs((two / STRETCH) * 100 - share))
  }
  return worst
}
