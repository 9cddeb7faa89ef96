import {ok, type Result} from '../../../core/base/result.ts'
import type {RoutedService} from '../../../ports/balancer.ts'
import {newestFence} from '../fence.ts'
import type {Memory, Remembered} from './memory.ts'
import {ask, type Endpoint} from './socket.ts'

/**
 * What is remembered of a service, for whoever holds its environment; refused to an older holder. The highest number is
 * kept twice: in our file, which outlives a reload, and in a variable of HAProxy's process, which an operator on another
 * machine meets too.
 */
export async function admitted(
  endpoint: Endpoint,
  service: RoutedService,
  memory: Memory,
): Promise<Result<Remembered>> {
  const recalled = await memory.recall()
  if (service.fence === undefined) return ok(recalled)
  const told = await toldBefore(endpoint, service)
  const fence = newestFence(service, Math.max(recalled.fence, told))
  if (!fence.ok) return fence
  if (fence.value > told) await tell(endpoint, service, fence.value)
  if (fence.value === recalled.fence) return ok(recalled)
  const kept = {...recalled, fence: fence.value}
  await memory.keep(kept)
  return ok(kept)
}

/** 0 where HAProxy has been told none; a HAProxy without such variables (before 2.5) never has. */
async function toldBefore(endpoint: Endpoint, service: RoutedService): Promise<number> {
  const answer = await ask(endpoint, [`get var ${variableOf(service)}`])
  return Number((answer.ok && /value=<(\d+)>/.exec(answer.value)?.[1]) || 0)
}

/** Not every HAProxy lets it be set; where it does not, our file has to do. */
async function tell(endpoint: Endpoint, service: RoutedService, fence: number): Promise<void> {
  await ask(endpoint, ['experimental-mode on', `set var ${variableOf(service)} int(${fence})`])
}

/** Variables take letters, digits, `_` and `.`. */
function variableOf({route}: RoutedService): string {
  return `proc.sluice_fence_${route.backend.replace(/[^A-Za-z0-9]/g, sign => `_${sign.charCodeAt(0).toString(16)}`)}`
}
